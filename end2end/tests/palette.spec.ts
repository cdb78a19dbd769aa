// The palette, the keys, and the sheet on which each of them can be turned off.
import { choice, row } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { ADA, arrive, expect, goto, invite, join, type Locator, ORG, type Page, reload, test } from '../support/test.ts';

const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example' };
const ALAN = { first: 'Alan', last: 'Turing', name: 'Alan Turing', email: 'alan@bletchley.example' };

test.beforeEach(({ js }) => test.skip(!js, 'the palette and the keys are the matter of scripts'));

const button = (page: Page): Locator => page.getByRole('button', { name: 'Search or jump to…' });
const palette = (page: Page): Locator => page.getByRole('dialog', { name: 'Search or jump to' });
const field = (page: Page): Locator => palette(page).getByRole('combobox');
const option = (page: Page, name: string | RegExp): Locator => palette(page).getByRole('option', { name, exact: true });
const current = (page: Page): Locator => palette(page).getByRole('option', { selected: true });
const sheet = (page: Page): Locator => page.getByRole('dialog', { name: 'Keyboard shortcuts' });
const name = (page: Page, email: string): Locator => row(page, email).locator('.identity-name');

/** Waits until the keys are heard. */
async function heard(page: Page): Promise<void> {
  await expect(button(page)).toHaveAttribute('aria-keyshortcuts', 'Control+K');
}

/** Opens a page on which the keys are heard. */
async function visit(page: Page, url: string): Promise<void> {
  await goto(page, url);
  await heard(page);
}

async function openPalette(page: Page, text = ''): Promise<void> {
  await page.keyboard.press('Control+k');
  await expect(field(page)).toBeFocused();
  await field(page).fill(text);
}

/** Presses keys one after another. */
async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** What a search of the palette asks for. */
const asks = (post: { postDataJSON(): unknown }): string => (post.postDataJSON() as { query: { q: string } }).query.q;

test.describe('the palette', () => {
  test('opens by Ctrl-K and by its button, closes by Escape and Ctrl-K, and gives the focus back', async ({ page }) => {
    await visit(page, ORG.users);
    const link = page.getByRole('link', { name: 'Add new user' });
    await link.focus();
    await openPalette(page);
    await page.keyboard.press('Escape');
    await expect(palette(page)).toBeHidden();
    await expect(link).toBeFocused();

    await openPalette(page);
    await page.keyboard.press('Control+k');
    await expect(palette(page)).toBeHidden();
    await expect(link).toBeFocused();

    await button(page).focus();
    await page.keyboard.press('Enter');
    await expect(field(page)).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(palette(page)).toBeHidden();
    await expect(button(page)).toBeFocused();

    // From within a field as well.
    await page.getByRole('searchbox').focus();
    await openPalette(page);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('searchbox')).toBeFocused();
  });

  test('closes by a click beside it', async ({ page }) => {
    await visit(page, ORG.users);
    await button(page).click();
    await expect(field(page)).toBeFocused();
    await page.mouse.click(5, 700);
    await expect(palette(page)).toBeHidden();
  });

  test('finds a person and opens the profile', async ({ page, server, owner }) => {
    const { id } = await join(server, owner.session, GRACE);
    await visit(page, ORG.users);
    await openPalette(page, 'hop gra');
    await expect(option(page, `${GRACE.name} ${GRACE.email}`)).toBeVisible();
    await expect(current(page)).toHaveCount(1);
    await expect(field(page)).toHaveAttribute('aria-activedescendant', (await current(page).getAttribute('id')) ?? '');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(`${ORG.users}/${id}`);
    await expect(page.getByRole('heading', { level: 1, name: GRACE.name })).toBeVisible();
    await expect(palette(page)).toBeHidden();
    await expect(page.getByRole('main')).toBeFocused();
  });

  test('is chosen from by the mouse', async ({ page, server, owner }) => {
    const { id } = await invite(server, owner.session, GRACE);
    await visit(page, ORG.users);
    await button(page).click();
    await field(page).fill('navy');
    await option(page, /^Grace Hopper/).hover();
    await expect(option(page, /^Grace Hopper/)).toHaveAttribute('aria-selected', 'true');
    await option(page, /^Grace Hopper/).click();
    await expect(page).toHaveURL(`${ORG.users}/${id}`);
  });

  test('moves by the arrows, Home and End, round and round', async ({ page }) => {
    await visit(page, ORG.users);
    await openPalette(page);
    const first = palette(page).getByRole('option').first();
    const last = palette(page).getByRole('option').last();
    await expect(first).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('ArrowUp');
    await expect(last).toHaveAttribute('aria-selected', 'true');
    await expect(last).toBeInViewport();
    await page.keyboard.press('ArrowDown');
    await expect(first).toHaveAttribute('aria-selected', 'true');
    await expect(first).toBeInViewport();
    await page.keyboard.press('End');
    await expect(last).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Home');
    await expect(first).toHaveAttribute('aria-selected', 'true');
    await expect(current(page)).toHaveCount(1);
    await expect(field(page)).toBeFocused();
  });

  test('goes to pages', async ({ page }) => {
    await visit(page, ORG.users);
    await openPalette(page, 'expired inv');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(`${ORG.users}?tab=expired`);
    await openPalette(page, 'my profile');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: ADA.name })).toBeVisible();
    await openPalette(page, 'organizations');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL('/orgs');
  });

  test('opens a dialog over the list as it is, and from a profile', async ({ page, server, owner }) => {
    const { id } = await join(server, owner.session, GRACE);
    await visit(page, `${ORG.users}?q=ada`);
    const dialog = page.getByRole('dialog', { name: 'Invite user to team' });
    await openPalette(page, 'add');
    await page.keyboard.press('Enter');
    await expect(dialog.getByLabel('First name')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(page).toHaveURL(`${ORG.users}?q=ada`);

    await visit(page, `${ORG.users}/${id}`);
    await openPalette(page, 'add new');
    await page.keyboard.press('Enter');
    await expect(dialog).toBeVisible();
  });

  test('chooses a theme, which stays', async ({ page }) => {
    await visit(page, ORG.users);
    await openPalette(page, 'dark');
    const kept = page.waitForResponse('**/api/appearance/theme');
    await page.keyboard.press('Enter');
    await kept;
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await reload(page);
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  });

  test('logs out', async ({ page }) => {
    await visit(page, ORG.users);
    await openPalette(page, 'sign out');
    await page.keyboard.press('Enter');
    await arrive(page, /\/login$/);
  });

  test('says that nothing matches', async ({ page }) => {
    await visit(page, ORG.users);
    await openPalette(page, 'zzyzx');
    await expect(palette(page).getByRole('status')).toHaveText('Nothing matches “zzyzx”.');
    await expect(palette(page).getByRole('listbox')).toBeHidden();
    await expect(field(page)).toHaveAttribute('aria-expanded', 'false');
    await page.keyboard.press('Enter');
    await expect(palette(page)).toBeVisible();
  });

  test('drops an answer that a later text has overtaken', async ({ page, server, owner }) => {
    await join(server, owner.session, GRACE);
    await join(server, owner.session, ALAN);
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/api/people/page', async (route) => {
      if (asks(route.request()) === 'alan') await held;
      await route.continue();
    });
    await visit(page, ORG.users);
    const late = page.waitForRequest((request) => request.url().endsWith('/api/people/page') && asks(request) === 'alan');
    await openPalette(page, 'alan');
    await late;
    await field(page).fill('grace');
    await expect(option(page, /^Grace Hopper/)).toBeVisible();
    const answered = page.waitForResponse((response) => response.url().endsWith('/api/people/page') && asks(response.request()) === 'alan');
    release();
    await (await answered).finished();
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await expect(option(page, /^Alan Turing/)).toHaveCount(0);
    await expect(option(page, /^Grace Hopper/)).toBeVisible();
  });

  test('offers what one may do, and no more', async ({ visitor, server, owner }) => {
    const { session } = await join(server, owner.session, GRACE);
    const theirs = await visitor(session);
    await visit(theirs, ORG.users);
    await openPalette(theirs);
    const labels = palette(theirs).locator('.palette-label');
    await expect(labels).toHaveText(['Your account', 'Organizations', 'Your attributes', 'Theme: Light', 'Theme: Dark', 'Theme: System', 'Keyboard shortcuts', 'Log out']);
    await press(theirs, 'Escape', 'c');
    await expect(theirs).toHaveURL(ORG.users);
    await expect(theirs.getByRole('dialog')).toHaveCount(0);
  });

  test('is as wide as a narrow screen, at its top', async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await visit(page, ORG.users);
    await button(page).click();
    await expect(field(page)).toBeFocused();
    const box = await palette(page).boundingBox();
    expect(box).toMatchObject({ x: 0, y: 0, width: 390 });
  });
});

test.describe('the keys', () => {
  test('j and k go from row to row, Enter opens, Escape leaves', async ({ page, server, owner }) => {
    const { id } = await join(server, owner.session, GRACE);
    await visit(page, ORG.users);
    await press(page, 'j');
    await expect(name(page, ADA.email)).toBeFocused();
    await press(page, 'j');
    await expect(name(page, GRACE.email)).toBeFocused();
    await press(page, 'j');
    await expect(name(page, GRACE.email)).toBeFocused();
    await press(page, 'k');
    await expect(name(page, ADA.email)).toBeFocused();
    await press(page, 'Escape');
    await expect(name(page, ADA.email)).not.toBeFocused();
    await press(page, 'k');
    await expect(name(page, GRACE.email)).toBeFocused();
    await press(page, 'Enter');
    await expect(page).toHaveURL(`${ORG.users}/${id}`);
  });

  test('a point opens the menu of the row, from which Escape leads back', async ({ page, server, owner }) => {
    await join(server, owner.session, GRACE);
    await visit(page, ORG.users);
    await press(page, 'j', 'j', '.');
    const grace = row(page, GRACE.email);
    await expect(choice(grace, 'Open profile')).toBeVisible();
    await press(page, 'Tab');
    await expect(choice(grace, 'Open profile')).toBeFocused();
    await press(page, 'Escape');
    await expect(choice(grace, 'Open profile')).toBeHidden();
    await expect(grace.getByLabel(/^Actions for /)).toBeFocused();
    await press(page, '.');
    await expect(choice(grace, 'Open profile')).toBeVisible();
    await press(page, 'k');
    await expect(name(page, ADA.email)).toBeFocused();
    await expect(choice(grace, 'Open profile')).toBeHidden();
  });

  test('a slash leads to the search, where letters are letters', async ({ page }) => {
    await visit(page, ORG.users);
    const search = page.getByRole('searchbox');
    await press(page, '/');
    await expect(search).toBeFocused();
    await expect(search).toHaveValue('');
    await press(page, 'j', 'c', '?', '/');
    await expect(search).toHaveValue('jc?/');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await search.fill('');
    await press(page, 'Escape');
    await expect(search).not.toBeFocused();
  });

  test('sequences of g go to pages, within a second', async ({ page }) => {
    await visit(page, ORG.users);
    await press(page, 'g', 'p');
    await expect(page.getByRole('heading', { level: 1, name: ADA.name })).toBeVisible();
    await press(page, 'g', 'i');
    await expect(page).toHaveURL(`${ORG.users}?tab=invitations`);
    await press(page, 'g', 'u');
    await expect(page).toHaveURL(ORG.users);
    await press(page, 'g');
    await page.waitForTimeout(1100);
    await press(page, 'o');
    await expect(page).toHaveURL(ORG.users);
    await press(page, 'g', 'o');
    await expect(page).toHaveURL('/orgs');
  });

  test('c adds a user, i invites; neither within a dialog nor with Ctrl, Alt or ⌘', async ({ page }) => {
    await visit(page, ORG.users);
    await press(page, 'Alt+c', 'Control+i');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await press(page, 'c');
    const add = page.getByRole('dialog', { name: 'Invite user to team' });
    await expect(add.getByLabel('First name')).toBeFocused();
    await add.getByRole('link', { name: 'Close' }).focus();
    await press(page, 'i', '?');
    await expect(page.getByRole('dialog')).toHaveCount(1);
    await press(page, 'Escape');
    await expect(add).toBeHidden();
    await press(page, 'i');
    await expect(page.getByRole('dialog', { name: 'Invite people' })).toBeVisible();
  });
});

test.describe('the sheet of the keys', () => {
  test('opens by its key and from the palette, and gives the focus back', async ({ page }) => {
    await visit(page, ORG.users);
    const link = page.getByRole('link', { name: 'Add new user' });
    await link.focus();
    await press(page, '?');
    await expect(sheet(page)).toBeVisible();
    await sheet(page).getByRole('button', { name: 'Close' }).click();
    await expect(sheet(page)).toBeHidden();
    await expect(link).toBeFocused();

    await openPalette(page, 'keyboard');
    await page.keyboard.press('Enter');
    await expect(sheet(page)).toBeVisible();
    await expect(palette(page)).toBeHidden();
    // The palette takes its place and gives the focus back to where it was before both.
    await openPalette(page);
    await expect(sheet(page)).toBeHidden();
    await page.keyboard.press('Escape');
    await expect(link).toBeFocused();
  });

  test('turns a key off at once, for good, and on again', async ({ page, server, owner }) => {
    await join(server, owner.session, GRACE);
    await visit(page, ORG.users);
    await press(page, '?');
    const next = sheet(page).getByRole('switch', { name: 'Next person' });
    await expect(next).toBeChecked();
    await next.click();
    await expect(next).not.toBeChecked();
    await press(page, 'Escape');
    await expect(sheet(page)).toBeHidden();
    // Only the second of the two is heard.
    await press(page, 'j', 'k');
    await expect(name(page, GRACE.email)).toBeFocused();

    await reload(page);
    await heard(page);
    await press(page, 'j', 'k');
    await expect(name(page, GRACE.email)).toBeFocused();
    await press(page, '?');
    await expect(next).not.toBeChecked();
    await next.click();
    await press(page, 'Escape', 'k', 'j');
    await expect(name(page, GRACE.email)).toBeFocused();
  });

  test('turns all keys off; the palette’s button still leads back here', async ({ page }) => {
    await visit(page, ORG.users);
    await press(page, '?');
    const all = sheet(page).getByRole('switch', { name: 'All shortcuts' });
    await all.click();
    await expect(sheet(page).getByRole('switch', { name: 'Next person' })).toBeDisabled();
    await press(page, 'Escape');
    await expect(sheet(page)).toBeHidden();
    await press(page, '?', 'c', 'Control+k', 'j');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(button(page)).not.toHaveAttribute('aria-keyshortcuts');

    await reload(page);
    await expect(button(page).locator('kbd')).toHaveCount(0);
    await button(page).click();
    await field(page).fill('keyboard');
    await page.keyboard.press('Enter');
    await expect(all).not.toBeChecked();
    await all.click();
    await press(page, 'Escape');
    await expect(sheet(page)).toBeHidden();
    await press(page, 'c');
    await expect(page.getByRole('dialog', { name: 'Invite user to team' })).toBeVisible();
  });
});

test.describe('axe finds nothing', () => {
  // Four looks at one page take their time.
  test.describe.configure({ timeout: 90_000 });
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('in the palette, with results and without', async ({ page, server, owner }) => {
    await join(server, owner.session, GRACE);
    await visit(page, ORG.users);
    await openPalette(page, 'i');
    await expectAccessible(page);
    await field(page).fill('grace');
    await expect(option(page, /^Grace Hopper/)).toBeVisible();
    await expectAccessible(page);
    await field(page).fill('zzyzx');
    await expect(palette(page).getByText('Nothing matches')).toBeVisible();
    await expectAccessible(page);
  });

  test('in the sheet of the keys, on and off', async ({ page }) => {
    await visit(page, ORG.users);
    await press(page, '?');
    await expect(sheet(page)).toBeVisible();
    await expectAccessible(page);
    await sheet(page).getByRole('switch', { name: 'All shortcuts' }).click();
    await expectAccessible(page);
  });

  test('in a row on which the keys are', async ({ page }) => {
    await visit(page, ORG.users);
    await press(page, 'j');
    await expect(name(page, ADA.email)).toBeFocused();
    await expectAccessible(page);
  });
});
