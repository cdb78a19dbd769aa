// Connections (B40): registering one, models beneath, roles of people and groups, and why somebody may what. With and without
// scripts.
import { expectToast } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { alive, arrive, expect, goto, join, type Locator, ORG, type Page, test } from '../support/test.ts';

const CONNECTIONS = `/o/${ORG.slug}/connections`;
const GROUPS = `/o/${ORG.slug}/groups`;
const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example' };

const dialog = (page: Page, name: string): Locator => page.getByRole('dialog', { name });
const people = (page: Page): Locator => page.getByRole('region', { name: 'People', exact: true });
const groups = (page: Page): Locator => page.getByRole('region', { name: 'Groups', exact: true });
const models = (page: Page): Locator => page.getByRole('region', { name: 'Models', exact: true });
const onProfile = (page: Page): Locator => page.getByRole('region', { name: 'Connections', exact: true });

test.describe.configure({ timeout: 120_000 });

test.beforeEach(async ({ server, owner }) => {
  await join(server, owner.session, GRACE);
});

/** Registers a connection from the list, and arrives at it. */
async function registered(page: Page, key: string, name: string, byDefault = 'No access'): Promise<void> {
  await goto(page, CONNECTIONS);
  await page.getByRole('link', { name: 'Add connection' }).click();
  const form = dialog(page, 'Add connection');
  await form.getByLabel('Key').fill(key);
  await form.getByLabel('Name', { exact: true }).fill(name);
  await form.getByLabel('Application').fill('Insight');
  await form.getByLabel('Default for all members').selectOption(byDefault);
  await form.getByRole('button', { name: 'Add connection' }).click();
  await arrive(page, /\/connections\/con_[0-9a-f]{32}$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
}

/** Adds a model on the page of a connection. */
async function withModel(page: Page, name: string): Promise<void> {
  await models(page).getByLabel('New model').fill(name);
  await models(page).getByRole('button', { name: 'Add model' }).click();
  await expectToast(page, `The model ${name} is there.`);
  await expect(page.getByRole('list', { name: 'Models of the connection' })).toContainText(name);
}

/** Gives somebody a role by their address. */
async function given(page: Page, email: string, role: string, model?: string): Promise<void> {
  await people(page).getByLabel('Email').fill(email);
  if (model) await people(page).getByLabel('On', { exact: true }).selectOption(model);
  await people(page).getByLabel('Role', { exact: true }).selectOption(role);
  await people(page).getByRole('button', { name: 'Give to person' }).click();
}

/** Makes a group with Grace in it. */
async function group(page: Page, name: string): Promise<void> {
  await goto(page, `${GROUPS}?dialog=new`);
  const form = dialog(page, 'New group');
  await form.getByLabel('Name', { exact: true }).fill(name);
  await form.getByRole('button', { name: 'Create group' }).click();
  await arrive(page, /\/groups\/grp_[0-9a-f]{32}$/);
  const search = page.getByRole('search');
  await search.getByLabel('Search people to add by name or email').fill(GRACE.last);
  await search.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('button', { name: `Add ${GRACE.name}` }).click();
  await expectToast(page, /added to/);
}

test('a connection is registered, given to people, changed, and goes once its key was typed', async ({ page }) => {
  await goto(page, ORG.users);
  await page.getByRole('navigation', { name: 'Organization' }).getByRole('link', { name: 'Connections' }).click();
  await expect(page.getByText('No connections yet')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Permissions of each role on a connection' })).toContainText('Edit models');
  await page.getByRole('link', { name: 'Add connection' }).click();
  await dialog(page, 'Add connection').getByRole('button', { name: 'Add connection' }).click();
  await expect(page.getByText('Enter a key.')).toBeVisible();
  await expect(page.getByText('Enter a name.')).toBeVisible();

  await registered(page, 'warehouse', 'Warehouse');
  await given(page, 'nobody@navy.example', 'Viewer');
  await expect(page.getByText('Nobody here has this address. Invite them first.')).toBeVisible();
  await expect(people(page).getByLabel('Email')).toHaveValue('nobody@navy.example');
  await given(page, GRACE.email, 'Querier');
  await expectToast(page, 'Grace Hopper: Querier on Warehouse.');
  const line = page.getByRole('list', { name: 'People with a role' }).getByRole('listitem');
  await expect(line).toContainText('Querier');
  await line.getByLabel('Role of Grace Hopper', { exact: true }).selectOption('Modeler');
  await line.getByRole('button', { name: 'Change the role of Grace Hopper' }).click();
  await expectToast(page, 'Grace Hopper: Modeler on Warehouse.');
  await expect(line.locator('p')).toContainText('Modeler');

  await page.getByRole('link', { name: 'Edit connection' }).click();
  await dialog(page, 'Edit connection').getByLabel('Name', { exact: true }).fill('House');
  await dialog(page, 'Edit connection').getByRole('button', { name: 'Save' }).click();
  await expectToast(page, 'The connection House has been saved.');
  await page.getByRole('link', { name: 'Delete connection' }).click();
  const deleting = dialog(page, 'Delete connection');
  await expect(deleting).toContainText('With it go the roles of 1 person.');
  await deleting.getByRole('button', { name: 'Delete connection' }).click();
  await expect(deleting).toContainText('Type “warehouse” to confirm.');
  await deleting.getByLabel('To confirm, type the key').fill('warehouse');
  await deleting.getByRole('button', { name: 'Delete connection' }).click();
  await expectToast(page, 'The connection House has been deleted.');
  await arrive(page, new RegExp(`${CONNECTIONS}$`));
  await expect(page.getByText('No connections yet')).toBeVisible();
});

test('a profile says what somebody may do with a connection, and why', async ({ page }) => {
  await group(page, 'Analysts');
  await registered(page, 'warehouse', 'Warehouse', 'Viewer');
  await withModel(page, 'Sales');
  await given(page, GRACE.email, 'Connection admin', 'Sales');
  await expectToast(page, 'Grace Hopper: Connection admin on Sales of Warehouse.');
  const here = page.url();
  await page.getByRole('link', { name: GRACE.name }).click();
  await expect(onProfile(page)).toContainText('Viewer – the default of the connection');
  await expect(page.getByRole('list', { name: 'Models of Warehouse' })).toContainText('Sales: Connection admin');

  await goto(page, here);
  await groups(page).getByLabel('Group', { exact: true }).selectOption('Analysts');
  await groups(page).getByLabel('Role', { exact: true }).selectOption('Querier');
  await groups(page).getByRole('button', { name: 'Give to group' }).click();
  await expectToast(page, 'Analysts: Querier on Warehouse.');
  await page.getByRole('link', { name: GRACE.name }).click();
  const why = page.getByRole('list', { name: 'Where access to Warehouse comes from' });
  await expect(why).toHaveText('Querier – through Analysts');
  await onProfile(page).getByLabel('Connection', { exact: true }).selectOption('Warehouse');
  await onProfile(page).getByLabel('Own role').selectOption('No access');
  await onProfile(page).getByRole('button', { name: 'Give role' }).click();
  await expectToast(page, 'Grace Hopper: No access on Warehouse.');
  await expect(why).toHaveText('No access – taken away from them');
  await onProfile(page).getByRole('button', { name: 'Take away the own role on Warehouse' }).click();
  await expect(why).toHaveText('Querier – through Analysts');

  await goto(page, GROUPS);
  await page.getByRole('link', { name: 'Analysts', exact: true }).click();
  await expect(page.getByRole('list', { name: 'Connections of the group' })).toContainText('Querier');
  await page.getByRole('link', { name: 'Warehouse' }).click();
  await page.getByRole('button', { name: 'Take away the role of Analysts' }).click();
  await expect(page.getByText('No group gives a role on it.')).toBeVisible();
  await page.getByRole('button', { name: 'Remove the model Sales' }).click();
  await expect(page.getByText('Nobody has a role of their own on it.')).toBeVisible();
});

/** Makes a variation of Modeler that queries nothing. */
async function blindModeler(page: Page): Promise<void> {
  await goto(page, CONNECTIONS);
  await page.getByRole('link', { name: 'New role' }).click();
  const form = dialog(page, 'New role');
  await form.getByLabel('Name', { exact: true }).fill('Blind modeler');
  await form.getByLabel('Variation of').selectOption('Modeler');
  await form.getByLabel(/^Query/).uncheck();
  await form.getByRole('button', { name: 'Create role' }).click();
  await expectToast(page, /The role Blind modeler is there\./);
}

test('a custom role is one less some permissions, and leaves its base when it goes', async ({ page }) => {
  await goto(page, `${CONNECTIONS}?dialog=role`);
  await dialog(page, 'New role').getByLabel('Name', { exact: true }).fill('Everything');
  await dialog(page, 'New role').getByRole('button', { name: 'Create role' }).click();
  await expect(page.getByText('Take at least one permission away.')).toBeVisible();
  await blindModeler(page);
  await expect(page.getByText('Modeler, less: Query.')).toBeVisible();
  await registered(page, 'warehouse', 'Warehouse');
  await given(page, GRACE.email, 'Blind modeler (a variation of Modeler)');
  await expectToast(page, 'Grace Hopper: Blind modeler on Warehouse.');
  await page.getByRole('link', { name: GRACE.name }).click();
  const why = page.getByRole('list', { name: 'Where access to Warehouse comes from' });
  await expect(why).toHaveText('Blind modeler (less: Query) – own role');
  await goto(page, CONNECTIONS);
  await page.getByRole('link', { name: 'Delete the role Blind modeler' }).click();
  await dialog(page, 'Delete role').getByRole('button', { name: 'Delete role' }).click();
  await expectToast(page, 'The role Blind modeler has been deleted.');
  await page.getByRole('link', { name: 'Warehouse', exact: true }).click();
  await page.getByRole('link', { name: GRACE.name }).click();
  await expect(why).toHaveText('Modeler – own role');
});

test.describe('with scripts', () => {
  test.beforeEach(({ js }) => test.skip(!js, 'axe and the palette are scripts'));

  test('the palette leads to the connections', async ({ page }) => {
    await goto(page, ORG.users);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('connections');
    await page.keyboard.press('Enter');
    await arrive(page, new RegExp(`${CONNECTIONS}$`));
  });

  test('the focus goes back to the form when a line has gone', async ({ page }) => {
    await registered(page, 'warehouse', 'Warehouse');
    await given(page, GRACE.email, 'Viewer');
    await expectToast(page, 'Grace Hopper: Viewer on Warehouse.');
    await page.getByRole('button', { name: 'Take away the role of Grace Hopper' }).click();
    await expect(page.getByText('Nobody has a role of their own on it.')).toBeVisible();
    await expect(people(page).getByLabel('Email')).toBeFocused();
  });

  test('axe finds nothing on the pages of connections', async ({ page }) => {
    await group(page, 'Analysts');
    await blindModeler(page);
    await alive(page);
    await expectAccessible(page);
    for (const path of [`${CONNECTIONS}?dialog=role`, CONNECTIONS]) {
      await goto(page, path);
      await alive(page);
      await expectAccessible(page);
    }
    await page.getByRole('link', { name: 'Edit the role Blind modeler' }).click();
    await expectAccessible(page);
    await registered(page, 'warehouse', 'Warehouse', 'Viewer');
    await withModel(page, 'Sales');
    await given(page, GRACE.email, 'Querier', 'Sales');
    await expectToast(page, 'Grace Hopper: Querier on Sales of Warehouse.');
    await groups(page).getByLabel('Group', { exact: true }).selectOption('Analysts');
    await groups(page).getByRole('button', { name: 'Give to group' }).click();
    await expectToast(page, 'Analysts: Viewer on Warehouse.');
    await alive(page);
    await expectAccessible(page);
    const here = page.url().split('?')[0]!;
    for (const path of [CONNECTIONS, `${CONNECTIONS}?dialog=new`, `${here}?dialog=edit`, `${here}?dialog=delete`]) {
      await goto(page, path);
      await alive(page);
      await expectAccessible(page);
    }
    await goto(page, here);
    await page.getByRole('link', { name: GRACE.name }).click();
    await expect(onProfile(page)).toContainText('Querier');
    await expectAccessible(page);
    await goto(page, GROUPS);
    await page.getByRole('link', { name: 'Analysts', exact: true }).click();
    await expect(page.getByRole('list', { name: 'Connections of the group' })).toBeVisible();
    await expectAccessible(page);
  });
});
