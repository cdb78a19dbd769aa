// Settings → Policies: what is chosen, what a preview tells before anything is saved, and that nobody writes over another.
import { expectRefused, expectToast, row } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { ADA, arrive, expect, goto, invite, join, ORG, type Page, test } from '../support/test.ts';

const PAGE = `/o/${ORG.slug}/settings/policies`;
const GRACE = { first: 'Grace', last: 'Hopper', email: 'grace@navy.example' };
const BARBARA = { first: 'Barbara', last: 'Liskov', email: 'barbara@mit.example', admin: true };

const preview = (page: Page) => page.getByRole('button', { name: 'Preview changes' }).click();
const panel = (page: Page) => page.getByRole('region', { name: 'What this changes' });

async function save(page: Page): Promise<void> {
  await panel(page).getByRole('button', { name: 'Save policies' }).click();
  await expectToast(page, 'The policies have been saved.');
  await arrive(page, PAGE);
  await expect(panel(page)).toHaveCount(0);
}

test('the sidebar leads there, and what is saved decides from then on', async ({ page, server, owner }) => {
  await invite(server, owner.session, GRACE);
  await goto(page, ORG.users);
  await page.getByRole('navigation', { name: 'Organization' }).getByRole('link', { name: 'Policies' }).click();
  await expect(page).toHaveURL(PAGE);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Policies');
  await expect(page.getByText('Your policies are those of “Invitation links”.')).toBeVisible();

  await page.getByRole('radio', { name: /^Pending verification, Active, Disabled/ }).check();
  await page.getByRole('textbox', { name: 'Seats' }).fill('2');
  await page.getByLabel('Valid for').fill('3');
  await preview(page);
  await expect(panel(page)).toContainText('1 open invitation keeps the end it was sent with.');
  await expect(panel(page)).toContainText('2 of 2 seats are taken: nobody can be invited or activated until one is free.');
  await expect(panel(page)).toContainText('Statuses will be called Pending verification, Active, Disabled.');
  // Nothing is saved yet, and what was entered is there still.
  await expect(page.getByRole('textbox', { name: 'Seats' })).toHaveValue('2');
  await save(page);
  await expect(page.getByText('Your policies are nearest to “Invitation links”, but for these:')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Seats' })).toHaveValue('2');

  await goto(page, ORG.users);
  await expect(row(page, GRACE.email)).toContainText('Pending verification');
  await page.getByRole('link', { name: 'Invite', exact: true }).click();
  await page.getByLabel('Email addresses').fill('one@more.example');
  await page.getByRole('button', { name: 'Send invitations' }).click();
  await expect(page.getByText('No seat is left. Free a seat or raise the limit.')).toBeVisible();
});

test('what is wrong stands beside its field, and nothing that was entered is lost', async ({ page }) => {
  await goto(page, PAGE);
  await page.getByRole('radio', { name: /^Viewer/ }).check();
  await page.getByLabel('Valid for').fill('31');
  await page.getByRole('textbox', { name: 'Seats' }).fill('many');
  await preview(page);
  await expectRefused(page.getByLabel('Valid for'), /from 1 hour to 30 days/);
  await expectRefused(page.getByRole('textbox', { name: 'Seats' }), /leave it empty for no limit/);
  await expect(page.getByRole('radio', { name: /^Viewer/ })).toBeChecked();
  await expect(panel(page)).toHaveCount(0);
  await page.getByLabel('Valid for').fill('30');
  await page.getByRole('textbox', { name: 'Seats' }).fill('');
  await preview(page);
  await expect(panel(page)).toContainText('What is sent from now on can be used for 30 days.');
});

test('a preset is previewed, saved and then in use', async ({ page }) => {
  await goto(page, PAGE);
  await page.getByRole('button', { name: 'Preview “Agency and partners”' }).click();
  await expect(panel(page)).toContainText('starts as Viewer');
  await expect(page.getByRole('radio', { name: /^Viewer/ })).toBeChecked();
  await save(page);
  await expect(page.getByText('Your policies are those of “Agency and partners”.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Preview “Agency and partners”' })).toHaveCount(0);
});

test('what is the same already is not saved', async ({ page }) => {
  await goto(page, PAGE);
  await preview(page);
  await expect(panel(page)).toContainText('There is nothing to save.');
  await expect(panel(page).getByRole('button')).toHaveCount(0);
});

test('what is entered after a preview has to be previewed', async ({ page, js }) => {
  test.skip(!js, 'without scripts the preview is a page of its own, which says what it would save');
  await goto(page, PAGE);
  await page.getByRole('textbox', { name: 'Seats' }).fill('5');
  await preview(page);
  await expect(panel(page)).toBeVisible();
  await expect(panel(page)).toBeFocused();
  await page.getByRole('textbox', { name: 'Seats' }).fill('6');
  await expect(panel(page)).toHaveCount(0);
  await preview(page);
  await expect(panel(page)).toContainText('1 of 6 seats are taken.');
});

test('whoever saves second is told, keeps what they entered, and sees what it would undo', async ({ page, server, owner, visitor }) => {
  const barbara = await visitor((await join(server, owner.session, BARBARA)).session);
  await goto(page, PAGE);
  await goto(barbara, PAGE);
  await page.getByLabel('Valid for').fill('3');
  await preview(page);
  await expect(panel(page)).toBeVisible();
  await barbara.getByRole('textbox', { name: 'Seats' }).fill('30');
  await preview(barbara);
  await save(barbara);

  await panel(page).getByRole('button', { name: 'Save policies' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Somebody else changed the policies meanwhile' })).toBeVisible();
  await expect(page.getByLabel('Valid for')).toHaveValue('3');
  await preview(page);
  await expect(panel(page)).toContainText('30');
  await expect(panel(page)).toContainText('Unlimited');
  await page.getByRole('textbox', { name: 'Seats' }).fill('30');
  await preview(page);
  await expect(panel(page)).not.toContainText('Unlimited');
  await save(page);
  await expect(page.getByRole('textbox', { name: 'Seats' })).toHaveValue('30');
  await expect(page.getByLabel('Valid for')).toHaveValue('3');
});

test('whoever is no admin is refused', async ({ server, owner, visitor }) => {
  const grace = await visitor((await join(server, owner.session, GRACE)).session);
  expect(await goto(grace, PAGE)).toBe(403);
  await expect(grace.getByRole('heading', { name: 'You do not have access' })).toBeVisible();
  await expect(grace.getByRole('link', { name: 'Policies' })).toHaveCount(0);
});

test('the page leads there from the palette', async ({ page, js }) => {
  test.skip(!js, 'the palette is a script');
  await goto(page, ORG.users);
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('combobox').fill('policies');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(PAGE);
});

test.describe('for everybody', () => {
  test.describe.configure({ timeout: 90_000 });
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('axe finds nothing on the page, with a preview and with errors', async ({ page, js }) => {
    test.skip(!js, 'axe is a script');
    await goto(page, PAGE);
    await expectAccessible(page);
    await page.getByRole('textbox', { name: 'Seats' }).fill('none');
    await preview(page);
    await expect(page.getByText('leave it empty for no limit.').first()).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('textbox', { name: 'Seats' }).fill('1');
    await preview(page);
    await expect(panel(page)).toContainText('1 of 1 seat is taken');
    await expectAccessible(page);
    await expect(page.getByText(ADA.name).first()).toBeAttached();
  });
});
