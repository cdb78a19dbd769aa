// What a colleague changes is seen without a reload, in its place, and without moving what somebody is working in.
import { choice, openMenu, row } from '../support/people.ts';
import { ADA, expect, goto, invite, join, ORG, type Page, test } from '../support/test.ts';

const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example' };
const AARON = { first: 'Aaron', last: 'Aardvark', email: 'aaron@navy.example' };

test.beforeEach(({ js }) => test.skip(!js, 'without scripts a page is what it was when it was asked for'));

/** Waits until the page listens: what happens before would be missed by the test, not by a person. */
async function listening(page: Page): Promise<void> {
  await page.waitForTimeout(1_200);
}

/** Heard of within a second or so; where no stream can be held open, the page asks every three. */
const SOON = { timeout: 10_000 };

test('a change by a colleague shows, and so does somebody new', { tag: '@function' }, async ({ page, server, owner }) => {
  const grace = await join(server, owner.session, GRACE);
  await goto(page, ORG.users);
  await expect(row(page, GRACE.email).getByRole('switch')).toBeChecked();
  await listening(page);
  expect((await server.call('people/act', { org: ORG.slug, id: grace.id, op: 'deactivate' }, owner.session)).status).toBe(200);
  await expect(row(page, GRACE.email).getByRole('switch')).not.toBeChecked(SOON);
  await invite(server, owner.session, AARON);
  await expect(row(page, AARON.email)).toContainText('Invited', SOON);
  await expect(page.getByRole('link', { name: /^Invitations/ })).toContainText('1');
});

test('an open menu stays open, and its row stays where it is', async ({ page, server, owner }) => {
  await join(server, owner.session, GRACE);
  await goto(page, ORG.users);
  const grace = row(page, GRACE.email);
  await openMenu(grace);
  await expect(choice(grace, 'Open profile')).toBeVisible();
  await listening(page);
  const before = (await grace.boundingBox())!.y;
  // Stands in front of everybody by name.
  await invite(server, owner.session, AARON);
  await expect(row(page, AARON.email)).toBeVisible({ timeout: 4_000 });
  await expect(choice(grace, 'Open profile')).toBeVisible();
  await expect(page.locator('tbody tr').first()).toContainText('Aaron');
  const moved = Math.abs((await grace.boundingBox())!.y - before);
  // Where there is room to scroll. The page of three people has none on a tall screen.
  const room = await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
  if (room > 60) expect(moved).toBeLessThan(3);
});

test('who is deactivated meanwhile is told so', async ({ server, owner, visitor }) => {
  const grace = await join(server, owner.session, { ...GRACE, admin: true });
  const page = await visitor(grace.session);
  await goto(page, ORG.users);
  await expect(row(page, ADA.email)).toBeVisible();
  await listening(page);
  await server.call('people/act', { org: ORG.slug, id: grace.id, op: 'deactivate' }, owner.session);
  await expect(page).toHaveURL(/\/login/, { timeout: 8_000 });
});
