// Saved views of the grid: saving, opening, changing, sharing, and landing on one.
import { expectRefused, expectToast, logOut, row, signIn } from '../support/people.ts';
import { ADA, expect, goto, join, type Locator, ORG, OTHER_PASSWORD, type Page, PASSWORD, reload, test } from '../support/test.ts';

const GRACE = { first: 'Grace', last: 'Hopper', email: 'grace@navy.example', admin: true };
/** Nobody. */
const QUESTION = '?q=lin&sort=-name';

function dialog(page: Page): Locator {
  return page.getByRole('dialog', { name: 'Views' });
}

async function open(page: Page): Promise<Locator> {
  await page.getByRole('link', { name: 'Views', exact: true }).click();
  await expect(dialog(page).getByRole('button', { name: 'Save view' })).toBeVisible();
  return dialog(page);
}

/** The line of a view in the dialog. */
function line(page: Page, name: string): Locator {
  return dialog(page).getByRole('listitem').filter({ has: page.getByRole('link', { name, exact: true }) });
}

/** Opens what can be done with a view, if it is not open. */
async function choices(page: Page, name: string): Promise<Locator> {
  const choices = line(page, name).locator('details');
  if ((await choices.getAttribute('open')) === null) await choices.getByLabel(`Change ${name}`).click();
  return choices;
}

function nameOf(page: Page): Locator {
  return dialog(page).getByRole('region', { name: 'Save what you see' }).getByLabel('Name', { exact: true });
}

async function save(page: Page, name: string, ...boxes: RegExp[]): Promise<void> {
  const views = await open(page);
  await nameOf(page).fill(name);
  for (const box of boxes) await views.getByRole('checkbox', { name: box }).check();
  await views.getByRole('button', { name: 'Save view' }).click();
  await expectToast(page, `The view “${name}” has been saved.`);
  await expect(views).toBeHidden();
}

test('a view keeps the question, opens it again, and is told apart while it is shown', async ({ page }) => {
  await goto(page, `${ORG.users}${QUESTION}`);
  await open(page);
  await expect(dialog(page).getByText('None yet.')).toBeVisible();
  await expect(page).toHaveURL(/\?q=lin&sort=-name&dialog=views$/);
  await nameOf(page).fill('  Backwards ');
  await dialog(page).getByRole('button', { name: 'Save view' }).click();
  await expectToast(page, 'The view “Backwards” has been saved.');
  await expect(page).toHaveURL(`${ORG.users}${QUESTION}`);

  await goto(page, ORG.users);
  await open(page);
  const opens = line(page, 'Backwards').getByRole('link');
  await expect(opens).not.toHaveAttribute('aria-current');
  await expect(line(page, 'Everybody').getByRole('link')).toHaveAttribute('aria-current', 'true');
  await opens.click();
  await expect(page).toHaveURL(`${ORG.users}${QUESTION}`);
  await expect(dialog(page)).toBeHidden();
  await open(page);
  await expect(opens).toHaveAttribute('aria-current', 'true');
  await line(page, 'Everybody').getByRole('link').click();
  await expect(page).toHaveURL(ORG.users);
  await expect(row(page, ADA.email)).toBeVisible();
});

test('a name that cannot be used is refused beside the field, with what was typed', async ({ page }) => {
  await goto(page, `${ORG.users}${QUESTION}`);
  await open(page);
  await dialog(page).getByRole('checkbox', { name: /^Make it my default/ }).check();
  await dialog(page).getByRole('button', { name: 'Save view' }).click();
  await expectRefused(nameOf(page), /Enter a name\./);
  await expect(dialog(page).getByRole('checkbox', { name: /^Make it my default/ })).toBeChecked();
  await nameOf(page).fill('x'.repeat(61));
  await dialog(page).getByRole('button', { name: 'Save view' }).click();
  await expectRefused(nameOf(page), /use at most 60 characters/);
  await expect(nameOf(page)).toHaveValue('x'.repeat(61));
  await expect(page).toHaveURL(/\?q=lin&sort=-name&dialog=views$/);
});

test('a view of the same name is replaced when that is asked for', async ({ page }) => {
  await goto(page, `${ORG.users}${QUESTION}`);
  await save(page, 'Mine');
  await goto(page, `${ORG.users}?role=admin`);
  await open(page);
  await expect(dialog(page).getByRole('checkbox', { name: /^Replace it/ })).toHaveCount(0);
  await nameOf(page).fill('mINE');
  await dialog(page).getByRole('button', { name: 'Save view' }).click();
  await expectRefused(nameOf(page), /There is a view of this name already\./);
  await dialog(page).getByRole('checkbox', { name: /^Replace it/ }).check();
  await dialog(page).getByRole('button', { name: 'Save view' }).click();
  await expectToast(page, 'The view “Mine” has been saved.');
  await goto(page, ORG.users);
  await open(page);
  await line(page, 'Mine').getByRole('link').click();
  await expect(page).toHaveURL(`${ORG.users}?role=admin`);
});

test('a view is renamed, given another question and deleted, without leaving the dialog', async ({ page, js }) => {
  await goto(page, ORG.users);
  await save(page, 'One');
  await goto(page, `${ORG.users}?role=admin`);
  await save(page, 'Two');
  await open(page);
  let of = await choices(page, 'One');
  await of.getByLabel('Name', { exact: true }).fill('two');
  await of.getByRole('button', { name: 'Rename' }).click();
  await expectRefused(of.getByLabel('Name', { exact: true }), /There is a view of this name already\./);
  await expect(of.getByLabel('Name', { exact: true })).toHaveValue('two');
  await of.getByLabel('Name', { exact: true }).fill('Third');
  await of.getByRole('button', { name: 'Rename' }).click();
  await expectToast(page, 'The view is called “Third” now.');
  await expect(dialog(page)).toBeVisible();

  of = await choices(page, 'Third');
  await of.getByRole('button', { name: 'Replace with what you see' }).click();
  await expectToast(page, 'The view “Third” shows now what you see.');
  await expect(line(page, 'Third').getByRole('link')).toHaveAttribute('aria-current', 'true');

  of = await choices(page, 'Third');
  await expect(of.getByRole('button', { name: 'Replace with what you see' })).toHaveCount(0);
  await of.getByRole('button', { name: 'Delete' }).click();
  await expectToast(page, 'The view “Third” has been deleted.');
  await expect(line(page, 'Third')).toHaveCount(0);
  await expect(line(page, 'Two').locator('details')).not.toHaveAttribute('open');
  if (js) await expect(dialog(page).locator(':focus')).toHaveCount(1);
});

test('what is shared is seen by a colleague, who changes it as an admin; what is private is not', async ({ page, server, owner, visitor }) => {
  const grace = await visitor((await join(server, owner.session, GRACE)).session);
  await goto(page, `${ORG.users}?role=admin`);
  await save(page, 'For all', /^Share with everybody in Analytical Engines/);
  await save(page, 'My own');
  await expect((await open(page)) && line(page, 'For all').getByText('Shared', { exact: true })).toBeVisible();

  await goto(grace, ORG.users);
  await open(grace);
  await expect(line(grace, 'For all')).toContainText('by Ada Lovelace');
  await expect(line(grace, 'My own')).toHaveCount(0);
  await line(grace, 'For all').getByRole('link').click();
  await expect(grace).toHaveURL(`${ORG.users}?role=admin`);
  await expect(row(grace, GRACE.email)).toBeVisible();
  await open(grace);
  await (await choices(grace, 'For all')).getByRole('button', { name: 'Stop sharing' }).click();
  await expectToast(grace, 'The view “For all” is private now.');
  await expect(line(grace, 'For all')).toHaveCount(0);

  await reload(page);
  await expect(line(page, 'For all').getByText('Shared', { exact: true })).toHaveCount(0);
  await (await choices(page, 'For all')).getByRole('button', { name: 'Share', exact: true }).click();
  await expectToast(page, 'The view “For all” is shared now.');
  await expect(line(page, 'For all').getByText('Shared', { exact: true })).toBeVisible();
  await goto(grace, `${ORG.users}?dialog=views`);
  await expect(line(grace, 'For all')).toBeVisible();
});

test('the default is what People opens with, from everywhere outside, and its own address stays everybody', async ({ page, server, owner }) => {
  await join(server, owner.session, { ...GRACE, admin: false });
  await goto(page, `${ORG.users}?role=owner`);
  await save(page, 'Owners', /^Make it my default/);
  const nav = page.getByRole('navigation', { name: 'Organization' }).getByRole('link', { name: 'People' });
  await expect(nav).toHaveAttribute('href', `${ORG.users}?role=owner`);
  await expect(nav).toHaveAttribute('aria-current', 'page');

  await logOut(page);
  await signIn(page, ADA.email, PASSWORD, `${ORG.users}?role=owner`);
  await expect(row(page, ADA.email)).toBeVisible();
  await expect(row(page, GRACE.email)).toHaveCount(0);
  await goto(page, ORG.users);
  await expect(row(page, GRACE.email)).toBeVisible();
  await nav.click();
  await expect(page).toHaveURL(`${ORG.users}?role=owner`);
  await goto(page, '/orgs');
  await page.getByRole('link', { name: ORG.name }).click();
  await expect(page).toHaveURL(`${ORG.users}?role=owner`);
  await goto(page, ORG.users);
  await page.getByLabel(/^Profile of /).click();
  await page.getByRole('link', { name: 'Users' }).click();
  await expect(page).toHaveURL(`${ORG.users}?role=owner`);

  await open(page);
  await expect(line(page, 'Owners').getByText('Default', { exact: true })).toBeVisible();
  await (await choices(page, 'Owners')).getByRole('button', { name: 'No longer default' }).click();
  await expectToast(page, 'People opens with everybody from now on.');
  await expect(line(page, 'Everybody').getByText('Default', { exact: true })).toBeVisible();
  await (await choices(page, 'Owners')).getByRole('button', { name: 'Make default' }).click();
  await expectToast(page, 'People opens with “Owners” from now on.');
  await expect(line(page, 'Owners').getByText('Default', { exact: true })).toBeVisible();
  await expect(nav).toHaveAttribute('href', `${ORG.users}?role=owner`);
  await (await choices(page, 'Owners')).getByRole('button', { name: 'Delete' }).click();
  await expectToast(page, 'The view “Owners” has been deleted.');
  await expect(nav).toHaveAttribute('href', ORG.users);
});

test('the palette and the keys lead to the default, and the palette to every view', async ({ page, js, server, owner }) => {
  test.skip(!js, 'the palette needs scripts');
  const form = { org: ORG.slug, query: 'role=owner' };
  await server.call('views/save', { ...form, name: 'Owners', default: 'on' }, owner.session);
  await server.call('views/save', { ...form, name: 'Backwards', query: 'sort=-name' }, owner.session);
  await goto(page, ORG.users);
  await expect(row(page, ADA.email)).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('u');
  await expect(page).toHaveURL(`${ORG.users}?role=owner`);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('view back');
  await expect(page.getByRole('option', { name: 'View: Backwards' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`${ORG.users}?sort=-name`);
});

test('the dialog keeps the keyboard where it was, and gives it back', async ({ page, js, server, owner }) => {
  test.skip(!js, 'without scripts each click is a page of its own');
  await server.call('views/save', { org: ORG.slug, query: 'role=owner', name: 'Owners' }, owner.session);
  await goto(page, ORG.users);
  await open(page);
  const of = await choices(page, 'Owners');
  await of.getByRole('button', { name: 'Share' }).focus();
  await page.keyboard.press('Enter');
  await expect(of.getByRole('button', { name: 'Stop sharing' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  await expect(page.getByRole('link', { name: 'Views', exact: true })).toBeFocused();
});

test.describe('somebody who may not share', () => {
  test.use({ holds: 'nothing', engine: 'PostgreSQL', signedIn: false });

  test('sees no control for it, and keeps views of their own', async ({ server, postgres, visitor }) => {
    const setup = { org_name: ORG.name, first_name: ADA.first, last_name: ADA.last, email: ADA.email, preset: 'invitation_links' };
    const { session } = await server.call('setup', { ...setup, password: PASSWORD });
    await server.call('views/save', { org: ORG.slug, name: 'For all', query: 'role=owner', share: 'on' }, session);
    // An admin who is a guest from another organization; there is no page yet that makes one.
    const { id, session: hers } = await join(server, session!, GRACE);
    await postgres!.sql(`UPDATE memberships SET kind = 'external' WHERE id = '${id}'`);

    const grace = await visitor(hers);
    await goto(grace, `${ORG.users}?role=admin`);
    await open(grace);
    await expect(dialog(grace).getByRole('checkbox', { name: /Share/ })).toHaveCount(0);
    const shared = await choices(grace, 'For all');
    await expect(shared.getByRole('button')).toHaveText(['Make default']);
    await nameOf(grace).fill('Mine');
    await dialog(grace).getByRole('button', { name: 'Save view' }).click();
    await expectToast(grace, 'The view “Mine” has been saved.');
    await open(grace);
    await expect((await choices(grace, 'Mine')).getByRole('button')).toHaveText(['Rename', 'Make default', 'Delete']);
    await (await choices(grace, 'For all')).getByRole('button', { name: 'Make default' }).click();
    await expectToast(grace, 'People opens with “For all” from now on.');
    const later = await visitor();
    await goto(later, '/login');
    await signIn(later, GRACE.email, OTHER_PASSWORD, `${ORG.users}?role=owner`);
  });
});
