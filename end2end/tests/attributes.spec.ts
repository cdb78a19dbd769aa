// Attributes (B39): defining them, values of people and groups, and the list by them. With and without scripts.
import { expectToast, row } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { alive, arrive, expect, goto, join, type Locator, ORG, type Page, test } from '../support/test.ts';

const ATTRIBUTES = `/o/${ORG.slug}/attributes`;
const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example' };
const ALAN = { first: 'Alan', last: 'Turing', name: 'Alan Turing', email: 'alan@bletchley.example' };

const dialog = (page: Page, name: string): Locator => page.getByRole('dialog', { name });
const values = (page: Page): Locator => page.getByRole('region', { name: 'Attributes' });

test.describe.configure({ timeout: 120_000 });

test.beforeEach(async ({ server, owner }) => {
  await join(server, owner.session, GRACE);
  await join(server, owner.session, ALAN);
});

/** Defines an attribute from the list of a type, and arrives at all of them. */
async function defined(page: Page, type: string, key: string, label: string, more: (page: Page) => Promise<void> = async () => {}): Promise<void> {
  await goto(page, ATTRIBUTES);
  await page.getByRole('link', { name: 'New attribute' }).first().click();
  await page.getByRole('navigation', { name: 'Type' }).getByRole('link', { name: type, exact: true }).click();
  await expect(page.getByRole('navigation', { name: 'Type' }).getByRole('link', { name: type, exact: true })).toHaveAttribute('aria-current', 'page');
  await page.getByLabel('Key').fill(key);
  await page.getByLabel('Label').fill(label);
  await more(page);
  await page.getByRole('button', { name: 'Create attribute' }).click();
  await expectToast(page, new RegExp(`The attribute ${label} is there`));
  await arrive(page, new RegExp(`${ATTRIBUTES}$`));
}

async function profile(page: Page, who: typeof GRACE): Promise<void> {
  await goto(page, `${ORG.users}?q=${who.last}`);
  await page.getByRole('link', { name: who.name, exact: true }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(who.name);
}

test('an attribute is defined, given to people and groups, says where a value comes from, and goes', async ({ page }) => {
  await goto(page, ORG.users);
  await page.getByRole('navigation', { name: 'Organization' }).getByRole('link', { name: 'Attributes' }).click();
  await expect(page.getByText('No attributes yet')).toBeVisible();
  await goto(page, `${ATTRIBUTES}/new?type=list`);
  await page.getByLabel('Label').fill('Region');
  await page.getByRole('button', { name: 'Create attribute' }).click();
  await expect(page.getByText('Enter a key.')).toBeVisible();
  await expect(page.getByLabel('Label')).toHaveValue('Region');

  await defined(page, 'List', 'region', 'Region', async (page) => {
    await page.getByLabel('Options').fill('EMEA\nAPAC\nNorth America');
    await page.getByLabel('Default').fill('APAC');
  });
  await profile(page, GRACE);
  await expect(values(page)).toContainText('APAC – default');

  await goto(page, `/o/${ORG.slug}/groups?dialog=new`);
  await dialog(page, 'New group').getByLabel('Name', { exact: true }).fill('Sales');
  await dialog(page, 'New group').getByRole('button', { name: 'Create group' }).click();
  await arrive(page, /\/groups\/grp_[0-9a-f]{32}$/);
  await page.getByRole('search').getByLabel('Search people to add by name or email').fill('Hopper');
  await page.getByRole('search').getByRole('button', { name: 'Search' }).click();
  await page.getByRole('button', { name: `Add ${GRACE.name}` }).click();
  await expectToast(page, /added to/);
  await page.getByRole('link', { name: 'Edit Region' }).click();
  await dialog(page, 'Region').getByLabel('Value').selectOption('EMEA');
  await dialog(page, 'Region').getByRole('button', { name: 'Save' }).click();
  await expectToast(page, 'Region has been saved.');
  await expect(values(page)).toContainText('EMEA');

  await profile(page, GRACE);
  await expect(values(page)).toContainText('EMEA – through Sales');
  await page.getByRole('link', { name: 'Edit Region' }).click();
  await dialog(page, 'Region').getByLabel('Value').selectOption('North America');
  await dialog(page, 'Region').getByRole('button', { name: 'Save' }).click();
  await expectToast(page, 'Region has been saved.');
  await expect(values(page)).toContainText('North America – own value');

  await goto(page, ATTRIBUTES);
  await page.getByRole('link', { name: 'Region', exact: true }).click();
  await page.getByRole('link', { name: 'Delete attribute' }).click();
  await expect(dialog(page, 'Delete attribute')).toContainText('1 person and 1 group');
  await dialog(page, 'Delete attribute').getByRole('button', { name: 'Delete attribute' }).click();
  await expect(page.getByText('Type region to confirm.')).toBeVisible();
  await dialog(page, 'Delete attribute').getByLabel('To confirm').fill('region');
  await dialog(page, 'Delete attribute').getByRole('button', { name: 'Delete attribute' }).click();
  await expectToast(page, 'The attribute Region has been deleted.');
  await expect(page.getByText('No attributes yet')).toBeVisible();
});

test('a wrong value is told beside its field and stays there, and many are chosen by boxes', async ({ page }) => {
  await defined(page, 'Number', 'level', 'Level');
  await defined(page, 'List', 'skills', 'Skills', async (page) => {
    await page.getByLabel('Options').fill('Reading\nWriting\nTalking');
    await page.getByRole('radio', { name: /Many values/ }).check();
  });
  await profile(page, GRACE);
  await page.getByRole('link', { name: 'Edit Level' }).click();
  await dialog(page, 'Level').getByLabel('Value').fill('seven');
  await dialog(page, 'Level').getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('“seven” is not a number.')).toBeVisible();
  await expect(dialog(page, 'Level').getByLabel('Value')).toHaveValue('seven');
  await dialog(page, 'Level').getByLabel('Value').fill('007.50');
  await dialog(page, 'Level').getByRole('button', { name: 'Save' }).click();
  await expectToast(page, 'Level has been saved.');
  await expect(values(page)).toContainText('7.5 – own value');
  await page.getByRole('link', { name: 'Edit Skills' }).click();
  await dialog(page, 'Skills').getByLabel('Talking').check();
  await dialog(page, 'Skills').getByLabel('Reading').check();
  await dialog(page, 'Skills').getByRole('button', { name: 'Save' }).click();
  await expectToast(page, 'Skills has been saved.');
  await expect(values(page)).toContainText('Reading, Talking – own value');
});

test('the list shows an attribute as a column, and is narrowed down by it', async ({ page }) => {
  await defined(page, 'Text', 'team', 'Team');
  await profile(page, GRACE);
  await page.getByRole('link', { name: 'Edit Team' }).click();
  await dialog(page, 'Team').getByLabel('Value').fill('Compilers, all');
  await dialog(page, 'Team').getByRole('button', { name: 'Save' }).click();
  await expectToast(page, 'Team has been saved.');
  await goto(page, ORG.users);
  await page.getByLabel('Columns of attributes').click();
  await page.getByRole('link', { name: 'Team', exact: true }).click();
  await expect(page).toHaveURL(/attrs=team/);
  await expect(row(page, GRACE.email)).toContainText('Compilers, all');
  await goto(page, ORG.users);
  await page.getByLabel('Filter by attribute').click();
  await page.getByRole('textbox', { name: 'Value' }).fill('compilers, ALL');
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await expect(page.locator('.grid tbody tr')).toHaveCount(1);
  await expect(row(page, GRACE.email)).toBeVisible();
  await page.getByRole('link', { name: /Team: compilers, ALL, remove filter/ }).click();
  await expect(page.locator('.grid tbody tr')).toHaveCount(3);
});

test.describe('with scripts', () => {
  test.beforeEach(({ js }) => test.skip(!js, 'axe and keys are scripts'));

  test('the palette leads to the attributes and to one’s own', async ({ page }) => {
    for (const [text, path] of [['attributes', ATTRIBUTES], ['your attributes', `/o/${ORG.slug}/me`]] as const) {
      await goto(page, ORG.users);
      await alive(page);
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox').fill(text);
      await page.keyboard.press('Enter');
      await arrive(page, new RegExp(`${path}$`));
    }
  });

  for (const [colorScheme, width] of [['light', 1280], ['dark', 1280], ['light', 390], ['dark', 390]] as const) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 } });

      test('axe finds nothing on the pages of attributes', async ({ page }) => {
        await goto(page, `${ATTRIBUTES}/new?type=list`);
        await page.getByLabel('Key').fill('region');
        await page.getByLabel('Label').fill('Region');
        await page.getByLabel('Options').fill('EMEA\nAPAC');
        await page.getByLabel('Default').fill('APAC');
        await page.getByRole('button', { name: 'Create attribute' }).click();
        await arrive(page, new RegExp(`${ATTRIBUTES}$`));
        await page.getByRole('link', { name: 'Region', exact: true }).click();
        await arrive(page, /\/attributes\/att_[0-9a-f]{32}$/);
        const here = page.url();
        for (const path of [
          ATTRIBUTES,
          `${ATTRIBUTES}/new?type=date`,
          here,
          `${here}?dialog=delete`,
          `/o/${ORG.slug}/me`,
          `${ORG.users}?attrs=region&attr=region:APAC`,
        ]) {
          await goto(page, path);
          await alive(page);
          await expectAccessible(page);
        }
        await goto(page, `${ORG.users}?q=Hopper`);
        await page.getByRole('link', { name: GRACE.name, exact: true }).first().click();
        await page.getByRole('link', { name: 'Edit Region' }).click();
        await expect(dialog(page, 'Region')).toBeVisible();
        await expectAccessible(page);
      });
    });
  }
});
