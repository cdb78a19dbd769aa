// Requests for invitations (B21, B25, B26): the page of seed 003 from asking to the member, and what stands around it.
import { accept, enter, expectRefused, expectToast, found, linkIn, mail, row } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { ADA, arrive, askFor, expect, goto, invite, join, ORG, OTHER_PASSWORD, type Page, reload, takeRequests, test } from '../support/test.ts';

const DOOR = `/o/${ORG.slug}/login`;
const LIST = `${ORG.users}?tab=requests`;
const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example' };
const ALAN = { first: 'Alan', last: 'Turing', name: 'Alan Turing', email: 'alan@bletchley.example' };

/** A request in the list. */
const request = (page: Page, name: string) => page.getByRole('listitem').filter({ hasText: name });

/** Fills the form in and sends it. */
async function ask(page: Page, who: typeof GRACE, message = ''): Promise<void> {
  await page.getByLabel('First name').fill(who.first);
  await page.getByLabel('Last name').fill(who.last);
  await page.getByLabel('Email').fill(who.email);
  await page.getByLabel('Message').fill(message);
  await page.getByRole('button', { name: 'Send request' }).click();
}

/** Turns policy K on. */
async function turnOn(page: Page): Promise<void> {
  await goto(page, `/o/${ORG.slug}/settings/policies`);
  await page.getByRole('checkbox', { name: /^People can request an invitation/ }).check();
  await page.getByRole('button', { name: 'Preview changes' }).click();
  await expect(page.getByRole('region', { name: 'What this changes' })).toContainText('can ask for an invitation on your sign-in page');
  await page.getByRole('button', { name: 'Save policies' }).click();
  await expectToast(page, 'The policies have been saved.');
  await arrive(page, `/o/${ORG.slug}/settings/policies`);
}

test.describe('the page of seed 003', () => {
  test.describe.configure({ timeout: 120_000 });
  // On PostgreSQL, where time can be made to pass behind the server's back.
  test.use({ holds: 'nothing', signedIn: false, engine: 'PostgreSQL' });

  test('request, approve, seven days pass, ask again by the link, approve, accept', async ({ page, server, postgres, visitor }) => {
    await found(page, /^Requests and expiry/);

    // "If the New user invitations setting is enabled, users can request an invitation from your organization's login page."
    const grace = await visitor();
    await goto(grace, DOOR);
    await expect(grace.getByRole('heading', { level: 1 })).toHaveText(`Sign in to ${ORG.name}`);
    await grace.getByRole('link', { name: 'Request an invitation' }).click();
    await expect(grace).toHaveURL(`${DOOR}/request`);
    await ask(grace, GRACE, 'I work with Ada.');
    await expect(grace.getByRole('heading', { level: 1 })).toHaveText('Your request has been sent');
    const digest = await mail(server, ADA.email);
    expect(digest.subject).toBe(`1 person asks to join ${ORG.name}`);
    expect(digest.text).toContain(`${GRACE.name}, ${GRACE.email}`);

    // "Navigate to Settings > Users. Click the Invitation requests tab."
    await goto(page, ORG.users);
    await page.getByRole('link', { name: /^Invitation requests/ }).click();
    await expect(page).toHaveURL(LIST);
    await expect(request(page, GRACE.name)).toContainText('I work with Ada.');
    await page.getByRole('button', { name: `Approve the request of ${GRACE.name}` }).click();
    await expect(page.getByText('Invitation sent.')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'No requests' })).toBeVisible();
    const first = linkIn(await mail(server, GRACE.email));

    // "After the invitation is sent, the user will appear in the Users list with an Invited badge."
    await goto(page, ORG.users);
    await expect(row(page, GRACE.email).locator('.badge')).toHaveText('Invited');

    // "Once an invite is sent, new users have 7 days to log in. The invite will automatically expire after this time."
    const days = 8;
    const millis = days * 24 * 60 * 60 * 1000;
    for (const statement of [
      `UPDATE invitations SET expires_at = expires_at - ${millis}`,
      `UPDATE memberships SET open_until = open_until - ${millis} WHERE status = 'invited'`,
      `UPDATE membership_terms t SET open_until = m.open_until FROM memberships m WHERE m.id = t.membership_id`,
      `UPDATE people_counts SET ends_on = ends_on - ${days} WHERE ends_on > 0`,
      // Of the digest as well, so that the next one goes out.
      `UPDATE invitation_requests SET told_at = told_at - ${millis}`,
    ]) {
      await postgres!.sql(statement);
    }
    await goto(page, `${ORG.users}?tab=expired`);
    await expect(row(page, GRACE.email).locator('.badge')).toHaveText('Expired');

    // The link says so at once, and asks for another one in one click.
    expect(await goto(grace, first)).toBe(410);
    await expect(grace.getByRole('heading', { level: 1 })).toHaveText('This invitation has expired');
    await grace.getByRole('button', { name: 'Ask for a new invitation' }).click();
    await expect(grace.getByText('You have asked for a new invitation. As soon as an admin of')).toBeVisible();
    await reload(grace);
    await expect(grace.getByRole('button', { name: 'Ask for a new invitation' })).toHaveCount(0);
    expect((await mail(server, ADA.email, 2)).text).toContain(GRACE.email);

    await goto(page, LIST);
    await expect(request(page, GRACE.name)).toContainText('Had an invitation that has expired.');
    await page.getByRole('button', { name: `Approve the request of ${GRACE.name}` }).click();
    await expect(page.getByText('A new invitation was sent; the earlier link no longer works.')).toBeVisible();
    const second = linkIn(await mail(server, GRACE.email, 2));
    expect(second).not.toBe(first);
    await accept(grace, second, OTHER_PASSWORD);
    await arrive(grace, ORG.users);
    await goto(page, ORG.users);
    await expect(row(page, GRACE.email).locator('.badge')).toHaveText('Active');
  });
});

test('whoever has become a member is stale, gets the error of inviting, and is dismissed safely', async ({ page, server, owner, visitor }) => {
  await turnOn(page);
  const grace = await visitor();
  await goto(grace, `${DOOR}/request`);
  await ask(grace, GRACE);
  await expect(grace.getByRole('heading', { level: 1 })).toHaveText('Your request has been sent');
  await join(server, owner.session, GRACE);
  await goto(page, LIST);
  await expect(request(page, GRACE.name)).toContainText('Stale');
  await page.getByRole('button', { name: `Approve the request of ${GRACE.name}` }).click();
  await expect(page.getByText('This user already exists in the organization.')).toBeVisible();
  await expect(request(page, GRACE.name).first()).toBeVisible();
  await page.getByRole('button', { name: `Dismiss the request of ${GRACE.name}` }).click();
  await expectToast(page, `The request of ${GRACE.name} has been dismissed.`);
  await expect(page.getByRole('heading', { name: 'No requests' })).toBeVisible();
  await goto(page, ORG.users);
  await expect(row(page, GRACE.email).locator('.badge')).toHaveText('Active');
});

test('those that are selected are answered together', async ({ page, server, owner }) => {
  await takeRequests(server, owner.session);
  for (const who of [GRACE, ALAN]) await askFor(server, who);
  await goto(page, LIST);
  await expect(page.getByRole('link', { name: /^Invitation requests/ })).toContainText('2');
  const bar = page.getByRole('form', { name: 'Selected requests' });
  await expect(bar).toBeHidden();
  await page.getByRole('checkbox', { name: `Select the request of ${GRACE.name}` }).check();
  await page.getByRole('checkbox', { name: `Select the request of ${ALAN.name}` }).check();
  await bar.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByText('2 invitations are on their way.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'No requests' })).toBeVisible();
  for (const who of [GRACE, ALAN]) linkIn(await mail(server, who.email));
});

test('a request that is dismissed is told', async ({ page, server, owner }) => {
  await takeRequests(server, owner.session);
  await askFor(server, GRACE);
  await goto(page, LIST);
  await page.getByRole('button', { name: `Dismiss the request of ${GRACE.name}` }).click();
  await expectToast(page, `The request of ${GRACE.name} has been dismissed.`);
  expect((await mail(server, GRACE.email)).subject).toBe(`Your request to join ${ORG.name}`);
});

test('a new request stands in the open list by itself, and what is selected stays', async ({ page, js, server, owner }) => {
  test.skip(!js, 'without scripts a page is as it was loaded');
  await takeRequests(server, owner.session);
  await askFor(server, GRACE);
  await goto(page, LIST);
  const box = page.getByRole('checkbox', { name: `Select the request of ${GRACE.name}` });
  await box.check();
  await askFor(server, ALAN);
  await expect(request(page, ALAN.name)).toBeVisible({ timeout: 5_000 });
  await expect(box).toBeChecked();
});

test('where no requests are taken there is no way to ask', async ({ server, visitor }) => {
  const grace = await visitor();
  await goto(grace, DOOR);
  await expect(grace.getByRole('heading', { level: 1 })).toHaveText(`Sign in to ${ORG.name}`);
  await expect(grace.getByRole('link', { name: 'Request an invitation' })).toHaveCount(0);
  expect(await goto(grace, `${DOOR}/request`)).toBe(404);
  expect((await server.call('requests/ask', { org: ORG.slug, first_name: 'Grace', email: GRACE.email })).status).toBe(403);
});

test('the door leads into its organization, and an unknown one is not found', async ({ owner, visitor }) => {
  const ada = await visitor();
  await goto(ada, DOOR);
  await enter(ada, ADA.email, owner.password);
  await arrive(ada, ORG.users);
  const nobody = await visitor();
  expect(await goto(nobody, '/o/nowhere/login')).toBe(404);
  await expect(nobody.getByRole('heading', { name: 'Page not found' })).toBeVisible();
});

test('what is wrong stands beside its field, and nothing that was entered is lost', async ({ server, owner, visitor }) => {
  await takeRequests(server, owner.session);
  const grace = await visitor();
  await goto(grace, `${DOOR}/request`);
  await ask(grace, { ...GRACE, first: '', email: 'grace' }, 'I work with Ada.');
  await expectRefused(grace.getByLabel('First name'), /Enter a name\./);
  await expectRefused(grace.getByLabel('Email'), /not a valid email address/);
  await expect(grace.getByLabel('Message')).toHaveValue('I work with Ada.');
});

test('whoever may not invite is refused', async ({ server, owner, visitor }) => {
  const grace = await visitor((await join(server, owner.session, GRACE)).session);
  expect(await goto(grace, LIST)).toBe(403);
  await expect(grace.getByRole('heading', { name: 'You do not have access' })).toBeVisible();
});

test.describe('for everybody', () => {
  test.describe.configure({ timeout: 120_000 });
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('axe finds nothing on the door, the form, the list and its answers', async ({ page, js, server, owner, visitor }) => {
    test.skip(!js, 'axe is a script');
    await takeRequests(server, owner.session);
    const grace = await visitor();
    await goto(grace, DOOR);
    await expectAccessible(grace);
    await goto(grace, `${DOOR}/request`);
    await expectAccessible(grace);
    await ask(grace, { ...GRACE, email: 'grace' });
    await expectRefused(grace.getByLabel('Email'), /not a valid email address/);
    await expectAccessible(grace);
    await ask(grace, GRACE, 'I work with Ada.');
    await expect(grace.getByRole('heading', { level: 1 })).toHaveText('Your request has been sent');
    await expectAccessible(grace);
    await askFor(server, ALAN);
    await invite(server, owner.session, GRACE);
    await goto(page, LIST);
    await page.getByRole('checkbox', { name: `Select the request of ${ALAN.name}` }).check();
    await expectAccessible(page);
    await page.getByRole('button', { name: `Approve the request of ${ALAN.name}` }).click();
    await expect(page.getByText('Invitation sent.')).toBeVisible();
    await expectAccessible(page);
  });
});
