// On a profile: where somebody is signed in and how that ends, and what was done by and to them.
import { expectToast, row, signIn } from '../support/people.ts';
import { type Server } from '../support/server.ts';
import { ADA, arrive, expect, goto, invite, join, type Locator, ORG, OTHER_PASSWORD, type Page, reload, test } from '../support/test.ts';

const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example', admin: true };

const sessions = (page: Page): Locator => page.getByRole('region', { name: 'Sessions' });
const activity = (page: Page): Locator => page.getByRole('region', { name: 'Activity' });

/** Opens the profile of Ada, who looks at it. */
async function openOwn(page: Page): Promise<void> {
  await goto(page, ORG.users);
  await row(page, ADA.email).locator('.identity-name').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(ADA.name);
}

/** Turns the switch of somebody so many times, without the browser. */
async function turn(server: Server, session: string, id: string, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    const op = n % 2 === 0 ? 'deactivate' : 'activate';
    const done = await server.call('people/act', { org: ORG.slug, id, op }, session);
    expect(done.status).toBe(200);
  }
}

test('a session that is ended is over in its browser', async ({ page, server, owner, visitor }) => {
  const { id } = await join(server, owner.session, GRACE);
  const grace = await visitor();
  await goto(grace, '/login');
  await signIn(grace, GRACE.email, OTHER_PASSWORD);

  await goto(page, `${ORG.users}/${id}`);
  const lines = sessions(page).locator('.sessions li');
  await expect(lines).toHaveCount(2);
  const chrome = lines.filter({ hasText: 'Chrome on Linux' });
  await expect(chrome).toContainText('127.0.0.1');
  await expect(chrome).toContainText('Last used just now');
  await expect(chrome).toContainText('Signed in just now');
  await expect(sessions(page).getByText('This is you, now')).toHaveCount(0);
  await chrome.getByRole('button', { name: 'End the session of Chrome on Linux' }).click();
  await expectToast(page, 'The session has been ended.');
  await expect(lines).toHaveCount(1);
  await expect(chrome).toHaveCount(0);
  await expect(activity(page).getByText(`${ADA.name} ended a session of ${GRACE.name} (Chrome on Linux)`)).toBeVisible();

  await reload(grace);
  await arrive(grace, /\/login\?next=/);
});

test('all sessions of somebody end at once', async ({ page, server, owner, visitor }) => {
  const { id, session } = await join(server, owner.session, GRACE);
  const grace = await visitor(session);
  await goto(grace, ORG.users);
  await goto(page, `${ORG.users}/${id}`);
  await sessions(page).getByRole('button', { name: 'End all sessions' }).click();
  await expectToast(page, 'All sessions have been ended.');
  await expect(sessions(page).getByText('Not signed in anywhere.')).toBeVisible();
  await expect(sessions(page).getByRole('button')).toHaveCount(0);
  await reload(grace);
  await arrive(grace, /\/login\?next=/);
  await signIn(grace, GRACE.email, OTHER_PASSWORD);
});

test('one’s own session is marked, and ending it leads to the sign-in page', async ({ page }) => {
  await openOwn(page);
  const own = sessions(page).locator('.sessions li').filter({ hasText: 'This is you, now' });
  await expect(own).toHaveCount(1);
  await own.getByRole('button', { name: /^End the session of / }).click();
  await arrive(page, /\/login$/);
  await expectToast(page, 'The session has been ended.');
  await page.goto(ORG.users);
  await arrive(page, /\/login\?next=/);
});

test('ending all of one’s own sessions signs out here, too', async ({ page }) => {
  await openOwn(page);
  await expect(sessions(page).getByText('Ending all of them signs you out here, too.')).toBeVisible();
  await sessions(page).getByRole('button', { name: 'End all sessions' }).click();
  await arrive(page, /\/login$/);
  await expectToast(page, 'All sessions have been ended.');
});

test('an admin sees what the Owner did, and not where the Owner is signed in', async ({ server, owner, visitor }) => {
  const { session } = await join(server, owner.session, GRACE);
  const grace = await visitor(session);
  await openOwn(grace);
  await expect(activity(grace).getByText(`${ADA.name} invited ${GRACE.name} as Admin`)).toBeVisible();
  await expect(sessions(grace)).toHaveCount(0);
});

test('somebody invited has a history and no sessions', async ({ page, server, owner }) => {
  const { id } = await invite(server, owner.session, GRACE);
  await goto(page, `${ORG.users}/${id}`);
  await expect(activity(page).locator('.activity li')).toHaveText([/^Ada Lovelace invited Grace Hopper as Admin\s*just now$/]);
  await expect(sessions(page)).toHaveCount(0);
});

test('what is done on the page is told there at once', async ({ page, server, owner }) => {
  const { id } = await join(server, owner.session, GRACE);
  await goto(page, `${ORG.users}/${id}`);
  await expect(activity(page).getByText(`${GRACE.name} accepted the invitation`)).toBeVisible();
  await page.getByRole('switch').click();
  await expectToast(page, 'User has been successfully deactivated.');
  await expect(activity(page).locator('.activity li').first()).toContainText(`${ADA.name} deactivated ${GRACE.name}`);
});

test('older activity is a page of its own, and Back leads back', async ({ page, server, owner }) => {
  const { id } = await join(server, owner.session, GRACE);
  await turn(server, owner.session, id, 24);
  const profile = `${ORG.users}/${id}`;
  await goto(page, profile);
  const lines = activity(page).locator('.activity li');
  await expect(lines).toHaveCount(20);
  await expect(lines.first()).toContainText(`${ADA.name} activated ${GRACE.name}`);
  await expect(activity(page).getByRole('link', { name: 'Show newest' })).toHaveCount(0);

  await activity(page).getByRole('link', { name: 'Show older' }).click();
  await expect(page).toHaveURL(/\/users\/mem_[0-9a-f]+\?before=aud_[0-9a-f]+#activity$/);
  // 24 turns of the switch, the invitation and its acceptance.
  await expect(lines).toHaveCount(6);
  await expect(lines.last()).toContainText(`${ADA.name} invited ${GRACE.name} as Admin`);
  await expect(activity(page).getByRole('link', { name: 'Show older' })).toHaveCount(0);
  await reload(page);
  await expect(lines).toHaveCount(6);

  await page.goBack();
  await expect(page).toHaveURL(profile);
  await expect(lines).toHaveCount(20);
  await activity(page).getByRole('link', { name: 'Show older' }).click();
  await expect(lines).toHaveCount(6);
  await activity(page).getByRole('link', { name: 'Show newest' }).click();
  await expect(lines).toHaveCount(20);
});

test.describe('on a narrow screen', () => {
  test.use({ viewport: { width: 390, height: 800 } });

  test('both sections stay within it', async ({ page, server, owner }) => {
    const { id } = await join(server, owner.session, { ...GRACE, last: 'Hopper-Brewster-Murray-the-Third-of-Arlington' });
    await goto(page, `${ORG.users}/${id}`);
    for (const section of [sessions(page), activity(page)]) {
      for (const part of [section, section.locator('li').first(), section.getByRole('button').first()]) {
        if ((await part.count()) === 0) continue;
        const box = await part.boundingBox();
        expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
      }
    }
  });
});
