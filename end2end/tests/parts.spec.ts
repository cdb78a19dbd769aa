// The console comes in parts: the list at once, every other part when it is opened for the first time.
import { row } from '../support/people.ts';
import { ADA, alive, expect, goto, join, ORG, type Page, test } from '../support/test.ts';

const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example' };

test.beforeEach(({ js }) => test.skip(!js, 'without scripts every page comes whole from the server'));

/** The parts that were fetched since, by their names. */
function watchParts(page: Page): string[] {
  const fetched: string[] = [];
  page.on('request', (request) => {
    const part = /\/split_(\w+)\.wasm$/.exec(request.url())?.[1];
    if (part) fetched.push(part);
  });
  return fetched;
}

/** Keeps a part on its way until what this yields is called; whether it comes then. */
async function hold(page: Page, part: string, comes = true): Promise<() => void> {
  let arrive = () => {};
  const held = new Promise<void>((resolve) => (arrive = resolve));
  await page.route(`**/split_${part}.wasm`, async (route) => {
    await held;
    await (comes ? route.continue() : route.abort());
  });
  return () => arrive();
}

/** Takes out what the browser says of parts that did not come. */
function expectComplaints(complaints: string[]): void {
  expect(complaints.length).toBeGreaterThan(0);
  for (const complaint of complaints.splice(0)) expect(complaint).toMatch(/ERR_FAILED|Failed to fetch|HTTP status code is not ok/);
}

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });
const link = (page: Page, href: string) => page.locator(`a[href="${href}"]:visible`).first();

test('the list comes alone, and each part once, when it is opened', async ({ page }) => {
  const fetched = watchParts(page);
  await goto(page, ORG.users);
  await expect(row(page, ADA.email)).toBeVisible();
  expect(fetched).toEqual([]);
  // Whether the page was loaded anew shows in what was left in it.
  await page.evaluate(() => Object.assign(window, { same: true }));
  for (const [to, name, part] of [
    [`/o/${ORG.slug}/jobs`, 'Bulk changes', 'bulk'],
    [`/o/${ORG.slug}/roles`, 'Roles', 'organization'],
    [`/o/${ORG.slug}/groups`, 'Groups', undefined],
    [`/o/${ORG.slug}/settings/general`, 'General', undefined],
    [`/o/${ORG.slug}/settings/policies`, 'Policies', undefined],
  ] as const) {
    const before = fetched.length;
    await link(page, to).click();
    await expect(page).toHaveURL(to);
    await expect(heading(page, name)).toBeVisible();
    expect(fetched.slice(before), to).toEqual(part ? [part] : []);
  }
  await link(page, ORG.users).click();
  await row(page, ADA.email).locator('.identity-name').click();
  await expect(heading(page, `${ADA.first} ${ADA.last}`)).toBeVisible();
  expect(fetched).toEqual(['bulk', 'organization', 'person']);
  await page.goBack();
  await expect(row(page, ADA.email)).toBeVisible();
  await page.goForward();
  await expect(heading(page, `${ADA.first} ${ADA.last}`)).toBeVisible();
  expect(fetched).toHaveLength(3);
  expect(await page.evaluate(() => 'same' in window), 'the page was never loaded anew').toBe(true);
});

test('a page that is loaded whole fetches its part at once, and no other', async ({ page, server, owner }) => {
  const grace = await join(server, owner.session, GRACE);
  for (const [url, part] of [
    ['/account', 'entry'],
    ['/orgs', 'entry'],
    [`${ORG.users}?dialog=invite`, 'person'],
    [`/o/${ORG.slug}/users/new`, 'person'],
    [`/o/${ORG.slug}/users/${grace.id}`, 'person'],
    [`/o/${ORG.slug}/guests`, 'person'],
    [`/o/${ORG.slug}/import`, 'bulk'],
    [`/o/${ORG.slug}/access`, 'organization'],
    [`/o/${ORG.slug}/me`, 'organization'],
    [`/o/${ORG.slug}/settings/mail`, 'organization'],
    [`/o/${ORG.slug}/ownership`, 'organization'],
    [`/o/${ORG.slug}/partner`, 'organization'],
  ] as const) {
    const fetched = watchParts(page);
    await goto(page, url);
    expect(fetched, url).toEqual([part]);
    // Inside the console it is asked for beside the first file rather than behind it.
    await expect(page.locator(`link[rel=preload][href*="/split_${part}.wasm"]`)).toHaveCount(url.startsWith('/o/') ? 1 : 0);
    page.removeAllListeners('request');
  }
});

test('what opens over the list comes with the part of a person', async ({ page }) => {
  const fetched = watchParts(page);
  await goto(page, ORG.users);
  const arrive = await hold(page, 'person');
  await page.getByRole('link', { name: 'Invite', exact: true }).click();
  await expect(page.locator('html')).toHaveAttribute('data-fetching');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  arrive();
  const dialog = page.getByRole('dialog', { name: 'Invite people' });
  await expect(dialog).toBeVisible();
  await expect(page.locator('html')).not.toHaveAttribute('data-fetching');
  expect(fetched).toEqual(['person']);
  // It is there from now on, and with it profiles.
  await dialog.getByRole('link', { name: 'Cancel' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.getByRole('link', { name: 'Views', exact: true }).click();
  await expect(page.getByRole('dialog', { name: 'Views' })).toBeVisible();
  await page.keyboard.press('Escape');
  await row(page, ADA.email).locator('.identity-name').click();
  await expect(heading(page, `${ADA.first} ${ADA.last}`)).toBeVisible();
  expect(fetched).toEqual(['person']);
});

test('what somebody points at is fetched before they follow it', async ({ page }) => {
  const fetched = watchParts(page);
  await goto(page, ORG.users);
  await link(page, `/o/${ORG.slug}/groups`).hover();
  await expect.poll(() => fetched).toEqual(['organization']);
  const arrive = await hold(page, 'person');
  await page.getByRole('link', { name: 'Invite', exact: true }).focus();
  await expect.poll(() => fetched).toEqual(['organization', 'person']);
  // Nobody waits for it yet.
  await expect(page.locator('html')).not.toHaveAttribute('data-fetching');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-fetching');
  arrive();
  await expect(page.getByRole('dialog', { name: 'Invite people' })).toBeVisible();
  expect(fetched).toEqual(['organization', 'person']);
});

test('a dialog that was given up before it came does not come', async ({ page, complaints }) => {
  await goto(page, ORG.users);
  await page.evaluate(() => Object.assign(window, { same: true }));
  const arrive = await hold(page, 'person', false);
  await page.getByRole('link', { name: 'Invite', exact: true }).click();
  await expect(page.locator('html')).toHaveAttribute('data-fetching');
  await page.goBack();
  await expect(page.locator('html')).not.toHaveAttribute('data-fetching');
  const failed = page.waitForEvent('requestfailed');
  arrive();
  await failed;
  await page.getByRole('searchbox').fill('ada');
  await expect(page).toHaveURL(/\?q=ada/);
  await expect(row(page, ADA.email)).toBeVisible();
  expect(await page.evaluate(() => 'same' in window), 'the page was not loaded anew').toBe(true);
  expectComplaints(complaints);
});

test('who goes on while a dialog is on its way gets what was asked for last', async ({ page, complaints }) => {
  await goto(page, ORG.users);
  await page.evaluate(() => Object.assign(window, { same: true }));
  const dialogFails = await hold(page, 'person', false);
  const groupsCome = await hold(page, 'organization');
  await page.getByRole('link', { name: 'Invite', exact: true }).click();
  await expect(page).toHaveURL(/\?dialog=invite$/);
  await link(page, `/o/${ORG.slug}/groups`).click();
  const failed = page.waitForEvent('requestfailed');
  dialogFails();
  await failed;
  await expect(page.locator('html')).toHaveAttribute('data-fetching');
  groupsCome();
  await expect(heading(page, 'Groups')).toBeVisible();
  expect(await page.evaluate(() => 'same' in window), 'the page was not loaded anew').toBe(true);
  expectComplaints(complaints);
});

test('a dialog whose part does not come is asked of the server with its page', async ({ page, complaints }) => {
  await goto(page, ORG.users);
  await page.route('**/split_person.wasm', (route) => route.abort());
  await page.getByRole('link', { name: 'Invite', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite people' });
  await expect(dialog).toBeVisible();
  await expect(page.locator('html')).not.toHaveAttribute('data-hydrated');
  await page.unroute('**/split_person.wasm');
  await dialog.getByLabel('Email addresses').fill('late@navy.example');
  await dialog.getByRole('button', { name: 'Send invitations' }).click();
  await expect(dialog.getByRole('listitem')).toContainText('late@navy.example');
  await alive(page);
  expectComplaints(complaints);
});

test('who goes on while a part is on its way gets what was asked for last', async ({ page, server, owner }) => {
  const grace = await join(server, owner.session, GRACE);
  await goto(page, ORG.users);
  const arrive = await hold(page, 'person');
  await row(page, ADA.email).locator('.identity-name').click();
  await row(page, GRACE.email).locator('.identity-name').click();
  arrive();
  await expect(page).toHaveURL(new RegExp(`/users/${grace.id}$`));
  await expect(heading(page, GRACE.name)).toBeVisible();
});

test('a part that does not come is asked of the server as a page', async ({ page, complaints }) => {
  await goto(page, ORG.users);
  await page.route('**/split_organization.wasm', (route) => route.abort());
  await link(page, `/o/${ORG.slug}/settings/general`).click();
  await expect(page).toHaveURL(/\/settings\/general$/);
  await expect(heading(page, 'General')).toBeVisible();
  // Without its part it is the page that the server sent, whose links and forms work.
  await expect(page.locator('html')).not.toHaveAttribute('data-hydrated');
  await link(page, `/o/${ORG.slug}/jobs`).click();
  await expect(page).toHaveURL(/\/jobs$/);
  await alive(page);
  await page.unroute('**/split_organization.wasm');
  await link(page, `/o/${ORG.slug}/settings/general`).click();
  await expect(heading(page, 'General')).toBeVisible();
  await alive(page);
  expectComplaints(complaints);
});

test('after a release the pages of the last one go on, with what was asked', async ({ page, complaints }) => {
  await goto(page, ORG.users);
  await page.evaluate(() => Object.assign(window, { same: true }));
  // What the server no longer has.
  let missed = 0;
  await page.route('**/split_entry.wasm', (route) => (missed++ ? route.continue() : route.fulfill({ status: 404, body: '' })));
  await page.getByLabel(/^Profile of /).click();
  await page.getByRole('link', { name: 'Your account' }).click();
  await expect(page).toHaveURL(new RegExp(`/account\\?org=${ORG.slug}$`));
  await expect(heading(page, 'Your account')).toBeVisible();
  await alive(page);
  expect(missed).toBeGreaterThan(1);
  expect(await page.evaluate(() => 'same' in window), 'the page was loaded anew').toBe(false);
  expectComplaints(complaints);
});

test('while a part is on its way a line says so', async ({ page }) => {
  await goto(page, ORG.users);
  const arrive = await hold(page, 'bulk');
  await link(page, `/o/${ORG.slug}/jobs`).click();
  await expect(page.locator('html')).toHaveAttribute('data-fetching');
  arrive();
  await expect(heading(page, 'Bulk changes')).toBeVisible();
  await expect(page.locator('html')).not.toHaveAttribute('data-fetching');
});
