// Groups (B38, B41): people under one name, a role through it, and where it comes from. With and without scripts.
import { comesToSay, expectToast, row } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { alive, arrive, expect, goto, join, type Locator, ORG, type Page, test } from '../support/test.ts';

const GROUPS = `/o/${ORG.slug}/groups`;
const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example' };
const ALAN = { first: 'Alan', last: 'Turing', name: 'Alan Turing', email: 'alan@bletchley.example' };

const dialog = (page: Page, name: string): Locator => page.getByRole('dialog', { name });
const box = (page: Page, name: string): Locator => page.getByRole('checkbox', { name: `Select ${name}`, exact: true });
const bar = (page: Page): Locator => page.getByRole('form', { name: 'Selected people' });
const inGroup = (page: Page): Locator => page.getByRole('list', { name: 'People of the group' });

test.describe.configure({ timeout: 120_000 });

test.beforeEach(async ({ server, owner }) => {
  await join(server, owner.session, GRACE);
  await join(server, owner.session, ALAN);
});

/** Makes a group from the list, and arrives at it. */
async function made(page: Page, name: string, role = 'No role', parent = 'No other group'): Promise<void> {
  await goto(page, GROUPS);
  await page.getByRole('link', { name: 'New group' }).click();
  const form = dialog(page, 'New group');
  await form.getByLabel('Name', { exact: true }).fill(name);
  await form.getByLabel('Part of').selectOption(parent);
  await form.getByLabel('Role', { exact: true }).selectOption(role);
  await form.getByRole('button', { name: 'Create group' }).click();
  await arrive(page, /\/groups\/grp_[0-9a-f]{32}$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
}

/** Finds somebody on the page of a group, and adds them. */
async function add(page: Page, who: typeof GRACE): Promise<void> {
  const search = page.getByRole('search');
  await search.getByLabel('Search people to add by name or email').fill(who.last);
  await search.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('button', { name: `Add ${who.name}` }).click();
  await expectToast(page, /added to/);
  await expect(inGroup(page)).toContainText(who.email);
}

test('a group is made, filled, gives a role, says where that comes from, and goes', async ({ page }) => {
  await goto(page, ORG.users);
  await page.getByRole('navigation', { name: 'Organization' }).getByRole('link', { name: 'Groups' }).click();
  await expect(page.getByText('No groups yet')).toBeVisible();
  await page.getByRole('link', { name: 'New group' }).click();
  await dialog(page, 'New group').getByRole('button', { name: 'Create group' }).click();
  await expect(page.getByText('Enter a name.')).toBeVisible();

  await made(page, 'Company', 'Admin');
  await made(page, 'Support', 'No role', 'Company');
  await add(page, GRACE);
  await page.getByRole('link', { name: GRACE.name }).first().click();
  const why = page.getByRole('list', { name: 'Where access comes from' });
  await expect(page.getByText('In effect: Admin')).toBeVisible();
  await expect(why).toContainText('Admin – through Company, of which Support is a part');
  await expect(why).toContainText('Member – own role');

  await goto(page, GROUPS);
  await page.getByRole('link', { name: 'Support', exact: true }).click();
  await page.getByRole('link', { name: 'Edit group' }).click();
  await dialog(page, 'Edit group').getByLabel('Part of').selectOption('No other group');
  await dialog(page, 'Edit group').getByRole('button', { name: 'Save' }).click();
  await expectToast(page, 'The group Support has been saved.');
  await page.getByRole('button', { name: `Take out ${GRACE.name}` }).click();
  await expectToast(page, 'Taken out of Support.');
  await expect(page.getByText('Nobody is in it yet.')).toBeVisible();
  await page.getByRole('link', { name: 'Delete group' }).click();
  await dialog(page, 'Delete group').getByRole('button', { name: 'Delete group' }).click();
  await expectToast(page, 'The group Support has been deleted.');
  await arrive(page, new RegExp(`${GROUPS}$`));
  await expect(page.getByRole('link', { name: 'Support', exact: true })).toHaveCount(0);
});

test('many are put into a group from the list, which is narrowed down to it', async ({ page, js }) => {
  await made(page, 'Support');
  await goto(page, ORG.users);
  await box(page, GRACE.name).check();
  await box(page, ALAN.name).check();
  await bar(page).getByLabel('Group', { exact: true }).selectOption('Support');
  await bar(page).getByRole('button', { name: 'Add to group' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Add to the group Support');
  await page.getByRole('button', { name: 'Add 2 people' }).click();
  await comesToSay(page, js, '2 people were added to the group.');

  await goto(page, ORG.users);
  await page.getByLabel('Filter by group').click();
  await page.getByRole('link', { name: 'Support', exact: true }).first().click();
  await expect(page).toHaveURL(/group=grp_/);
  await expect(row(page, GRACE.email)).toBeVisible();
  await expect(page.locator('.grid tbody tr')).toHaveCount(2);
  await page.getByRole('link', { name: 'Group: Support, remove filter' }).click();
  await expect(page.locator('.grid tbody tr')).toHaveCount(3);
});

test.describe('with scripts', () => {
  test.beforeEach(({ js }) => test.skip(!js, 'axe and keys are scripts'));

  test('a key and the palette lead to the groups', async ({ page }) => {
    await goto(page, ORG.users);
    await page.keyboard.press('g');
    await page.keyboard.press('g');
    await arrive(page, new RegExp(`${GROUPS}$`));
    await goto(page, ORG.users);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('groups');
    await page.keyboard.press('Enter');
    await arrive(page, new RegExp(`${GROUPS}$`));
  });

  test('the focus goes back to the search, and a dialog keeps what was searched for', async ({ page }) => {
    await made(page, 'Support');
    await goto(page, `${page.url()}?q=Hopper`);
    await alive(page);
    const search = page.getByLabel('Search people to add by name or email');
    await page.getByRole('button', { name: `Add ${GRACE.name}` }).click();
    await expect(inGroup(page)).toContainText(GRACE.email);
    await expect(search).toBeFocused();
    await page.getByRole('link', { name: 'Edit group' }).click();
    await expect(page).toHaveURL(/\?q=Hopper&dialog=edit$/);
    await dialog(page, 'Edit group').getByRole('link', { name: 'Close' }).click();
    await expect(page).toHaveURL(/\?q=Hopper$/);
    await page.getByRole('button', { name: `Take out ${GRACE.name}` }).click();
    await expect(page.getByText('Nobody is in it yet.')).toBeVisible();
    await expect(search).toBeFocused();
  });

  test('axe finds nothing on the pages of groups', async ({ page }) => {
    await made(page, 'Company', 'Admin');
    await made(page, 'Support', 'Viewer', 'Company');
    await add(page, GRACE);
    await alive(page);
    await expectAccessible(page);
    const here = page.url().split('?')[0]!;
    for (const path of [GROUPS, `${GROUPS}?dialog=new`, `${here}?dialog=edit`, `${here}?dialog=delete`, `${here}?q=alan`]) {
      await goto(page, path);
      await alive(page);
      await expectAccessible(page);
    }
    await goto(page, here);
    await page.getByRole('link', { name: GRACE.name }).first().click();
    await expect(page.getByText('In effect: Admin')).toBeVisible();
    await expectAccessible(page);
  });
});
