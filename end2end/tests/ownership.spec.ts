// Ownership passes by an offer that is accepted (B34, N4).
import { enter, expectRefused, expectToast, mail } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { ADA, arrive, begin, expect, goto, join, ORG, OTHER_PASSWORD, type Page, PASSWORD, test } from '../support/test.ts';

// Four looks at one page take their time; without scripts axe cannot run.
test.describe.configure({ timeout: 120_000 });

const GRACE = { first: 'Grace', last: 'Hopper', email: 'grace@navy.example' };
const PAGE = `/o/${ORG.slug}/ownership`;

async function offer(page: Page, id: string): Promise<void> {
  await goto(page, `${ORG.users}/${id}`);
  await page.getByRole('link', { name: 'Transfer ownership' }).click();
  const dialog = page.getByRole('dialog', { name: 'Transfer ownership' });
  await expect(dialog.getByRole('radio', { name: /^Step down when they accept/ })).toBeChecked();
  await dialog.getByLabel('Your password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Offer ownership' }).click();
  await expectToast(page, 'Grace Hopper has been offered the ownership, and gets an email.');
  await expect(page).toHaveURL(PAGE);
}

async function signedIn(page: Page): Promise<void> {
  await goto(page, '/login');
  await enter(page, GRACE.email, OTHER_PASSWORD);
  await arrive(page, /\/o\/analytical-engines/);
}

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  test.describe(`on ${engine}`, () => {
    test.use({ engine, holds: 'nothing', signedIn: false });

    test('from the offer to the new Owner', async ({ page, js, server, visitor }) => {
      const { id } = await join(server, await begin(page, server), GRACE);
      await offer(page, id);
      await expect(page.getByText('You offered ownership to Grace Hopper')).toBeVisible();
      if (js) await expectAccessible(page);
      await page.setViewportSize({ width: 1280, height: 800 });

      const offered = await mail(server, GRACE.email, 2);
      expect(offered.subject).toBe(`${ADA.name} offers you the ownership of ${ORG.name}`);
      expect(offered.text).toContain(PAGE);
      const grace = await visitor();
      await signedIn(grace);
      await goto(grace, '/orgs');
      await grace.getByRole('link', { name: /You are offered the ownership/ }).click();
      await expect(grace).toHaveURL(PAGE);
      await expect(grace.getByText(`${ADA.name} offers you the ownership`)).toBeVisible();
      if (js) await expectAccessible(grace);
      await grace.setViewportSize({ width: 1280, height: 800 });
      await grace.getByRole('button', { name: 'Accept ownership' }).click();
      await expectToast(grace, 'You are Owner now.');
      await expect(grace.getByRole('region', { name: 'Owners' })).toContainText('Grace Hopper');

      const answered = await mail(server, ADA.email);
      expect(answered.subject).toBe(`Grace Hopper accepted the ownership of ${ORG.name}`);
      await goto(page, PAGE);
      await expect(page.getByRole('region', { name: 'Owners' })).toContainText('Grace Hopper');
      await goto(page, `${ORG.users}/${id}`);
      await expect(page.getByRole('link', { name: 'Transfer ownership' })).toHaveCount(0);
    });
  });
}

test('a wrong password is refused beside its field', async ({ page, js, server, owner }) => {
  const { id } = await join(server, owner.session, GRACE);
  await goto(page, `${ORG.users}/${id}?dialog=ownership`);
  const dialog = page.getByRole('dialog', { name: 'Transfer ownership' });
  await dialog.getByRole('radio', { name: /^Share it/ }).check();
  await dialog.getByLabel('Your password').fill('not my password at all');
  await dialog.getByRole('button', { name: 'Offer ownership' }).click();
  await expectRefused(dialog.getByLabel('Your password'), 'This is not your current password.');
  await expect(dialog.getByRole('radio', { name: /^Share it/ })).toBeChecked();
  if (js) await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await dialog.getByLabel('Your password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Offer ownership' }).click();
  await expect(dialog).toContainText('This organization has as many Owners as its policies allow.');
});

test('an offer is withdrawn, and another one declined', async ({ page, server, owner, visitor }) => {
  const { id } = await join(server, owner.session, GRACE);
  await offer(page, id);
  await page.getByRole('button', { name: 'Withdraw offer' }).click();
  await expectToast(page, 'The offer has been withdrawn.');
  await expect(page.getByText('You offered ownership')).toHaveCount(0);
  await offer(page, id);
  const grace = await visitor();
  await signedIn(grace);
  await goto(grace, PAGE);
  await grace.getByRole('button', { name: 'Decline' }).click();
  await expectToast(grace, 'You have declined the ownership.');
  await expect(grace.getByRole('button', { name: 'Accept ownership' })).toHaveCount(0);
  const answered = await mail(server, ADA.email);
  expect(answered.subject).toBe(`Grace Hopper declined the ownership of ${ORG.name}`);
});
