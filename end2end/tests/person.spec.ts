// The profile of a person (B29): facts, edit, the invitation, and revoking at the foot (B23).
import { emailIn, expectRefused, expectToast, linkIn, mail, row } from '../support/people.ts';
import { ADA, expect, goto, invite, join, ORG, OTHER_PASSWORD, reload, test } from '../support/test.ts';

const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example' };

test('a profile opens from the list, tells the facts and leads back', async ({ page, server, owner }) => {
  await join(server, owner.session, GRACE);
  await goto(page, ORG.users);
  await row(page, GRACE.email).hover();
  await row(page, GRACE.email).getByRole('link', { name: `Manage ${GRACE.name}` }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(GRACE.name);
  await expect(page).toHaveTitle(`${GRACE.name} · Rollcall`);
  const main = page.getByRole('main');
  await expect(main.getByText(GRACE.email, { exact: true })).toBeVisible();
  for (const [fact, value] of [
    ['Role', 'Member'],
    ['Joined', 'just now'],
  ] as const) {
    await expect(main.getByRole('definition').and(main.locator(`dt:text-is("${fact}") + dd`))).toHaveText(value);
  }
  await expect(main.getByText('Active', { exact: true }).first()).toBeVisible();
  await expect(main.getByRole('switch')).toBeChecked();
  await expect(main.getByRole('heading', { name: 'Invitation', exact: true })).toHaveCount(0);
  await main.getByRole('link', { name: 'People' }).click();
  await expect(page).toHaveURL(ORG.users);
  await expect(row(page, GRACE.email)).toBeVisible();
});

test('a profile is edited', async ({ page, server, owner }) => {
  const { id } = await join(server, owner.session, GRACE);
  await goto(page, `${ORG.users}/${id}`);
  await page.getByRole('link', { name: 'Edit user' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit user' });
  await dialog.getByLabel('First name').fill('');
  await dialog.getByRole('button', { name: 'Update user' }).click();
  await expectRefused(dialog.getByLabel('First name'), /Enter a name\./);
  await dialog.getByLabel('First name').fill('Grace Brewster');
  await dialog.getByRole('checkbox', { name: /^Admin/ }).check();
  await dialog.getByRole('button', { name: 'Update user' }).click();
  await expectToast(page, 'Grace Brewster Hopper has been updated.');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Grace Brewster Hopper');
  await expect(page.locator('dt:text-is("Role") + dd')).toHaveText('Admin');
  await expect(page).toHaveURL(`${ORG.users}/${id}`);
});

test('the switch of a profile deactivates and activates', async ({ page, server, owner }) => {
  const { id } = await join(server, owner.session, GRACE);
  await goto(page, `${ORG.users}/${id}`);
  await page.getByRole('switch').click();
  await expectToast(page, 'User has been successfully deactivated.');
  await expect(page.getByRole('switch')).not.toBeChecked();
  await expect(page.getByText('Deactivated', { exact: true })).toBeVisible();
  await page.getByRole('switch').click();
  await expectToast(page, 'User has been successfully activated.');
  await expect(page.getByRole('switch')).toBeChecked();
});

test('the profile of somebody invited tells about the invitation, and sends it again with a link to copy', async ({ page, server, owner, visitor }) => {
  const { id, link } = await invite(server, owner.session, GRACE);
  await mail(server, GRACE.email);
  await goto(page, `${ORG.users}/${id}`);
  await expect(page.getByText('Invited', { exact: true }).first()).toBeVisible();
  await expect(page.getByRole('switch')).toHaveCount(0);
  await expect(page.locator('dt:text-is("Expires") + dd')).toHaveText('in 6 days');
  await expect(async () => {
    await reload(page);
    await expect(page.locator('dt:text-is("Mail") + dd')).toHaveText('Sent: the mail server has taken it', { timeout: 500 });
  }).toPass();

  await page.getByRole('button', { name: 'Resend invitation' }).click();
  await expectToast(page, `A new invitation is on its way to ${GRACE.email}.`);
  const field = page.getByRole('textbox', { name: `Invitation link for ${GRACE.email}` });
  const newer = linkIn(await mail(server, GRACE.email, 2));
  await expect(field).toHaveValue(newer);
  expect(newer).not.toBe(link);

  const grace = await visitor();
  expect(await goto(grace, link)).toBe(410);
  expect(await goto(grace, newer)).toBe(200);
});

test('who sends it again and again has to wait and is told so', async ({ page, server, owner }) => {
  const { id } = await invite(server, owner.session, GRACE);
  for (let n = 0; n < 5; n += 1) await server.call('invitations/resend', { org: ORG.slug, id }, owner.session);
  await goto(page, `${ORG.users}/${id}`);
  await page.getByRole('button', { name: 'Resend invitation' }).click();
  await expect(page.getByRole('alert')).toContainText(/Too many attempts\. Try again in \d+ minutes\./);
});

test('revoking at the foot leads back to the list, and the address can be invited again', async ({ page, server, owner, visitor }) => {
  const { id, link } = await invite(server, owner.session, GRACE);
  await mail(server, GRACE.email);
  await goto(page, `${ORG.users}/${id}`);
  const foot = page.getByRole('region', { name: 'Danger zone' });
  await foot.getByRole('link', { name: 'Revoke invitation' }).click();
  const dialog = page.getByRole('dialog', { name: 'Revoke invitation' });
  await dialog.getByRole('button', { name: 'Revoke invitation' }).click();
  await expect(page).toHaveURL(ORG.users);
  await expectToast(page, `The invitation of ${GRACE.email} has been revoked.`);
  await expect(row(page, ADA.email)).toBeVisible();
  await expect(row(page, GRACE.email)).toHaveCount(0);

  await page.getByRole('link', { name: 'Invite', exact: true }).click();
  await page.getByLabel('Email addresses').fill(GRACE.email);
  await page.getByRole('button', { name: 'Send invitations' }).click();
  await expect(page.getByText('1 invitation is on its way.')).toBeVisible();
  await page.getByRole('link', { name: 'Done' }).click();
  await expect(row(page, GRACE.email)).toContainText('Invited');

  const newer = linkIn(await mail(server, GRACE.email, 2));
  expect(newer).not.toBe(link);
  const grace = await visitor();
  expect(await goto(grace, link)).toBe(410);
  await goto(grace, newer);
  await grace.getByLabel('First name').fill(GRACE.first);
  await grace.getByLabel('Choose a password').fill(OTHER_PASSWORD);
  await grace.getByRole('button', { name: 'Accept invitation' }).click();
  await expect(grace).toHaveURL(ORG.users);
});

test.describe('among many', () => {
  test.use({ holds: 'people' });

  test('going back from a profile finds the list as it was left', async ({ page }) => {
    await goto(page, `${ORG.users}?q=a&sort=-name`);
    await page.getByRole('link', { name: 'Next' }).click();
    await expect(page).toHaveURL(/page=2/);
    const url = page.url();
    const email = await emailIn(page.locator('tbody tr').nth(30));
    await row(page, email).locator('.identity-name').click();
    await expect(page).toHaveURL(/\/users\/mem_/);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.goBack();
    await expect(page).toHaveURL(url);
    await expect(row(page, email)).toBeInViewport();
  });
});
