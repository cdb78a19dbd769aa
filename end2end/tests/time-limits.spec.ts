// Time-boxed access (N5): a membership and a role with an end, from the list, the profile and the dialog of inviting.
import { active, choice, expectRefused, expectToast, openMenu, row } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { expect, goto, ORG, type Page, test } from '../support/test.ts';

test.use({ holds: 'people' });
test.describe.configure({ timeout: 120_000 });

const DAY = 24 * 60 * 60 * 1000;
const day = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
const words = (date: string) => new Date(`${date}T00:00Z`).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).replace('Sept', 'Sep');

const limits = (page: Page) => page.getByRole('dialog', { name: 'Time limits' });

test('access and role end on their days, which the list and the profile show', async ({ page, js }) => {
  await goto(page, ORG.users);
  const { email } = await active(page, 'Member');
  await openMenu(row(page, email));
  await choice(row(page, email), 'Time limits').click();
  await expect(limits(page)).toContainText('gets a mail a week and a day before');
  if (js) await expectAccessible(page);
  const [access, role] = [day(40), day(20)];
  await limits(page).getByLabel('Last day of access').fill(access);
  await limits(page).getByLabel('Last day of this role').fill(role);
  await limits(page).getByLabel('Role afterwards').selectOption('Viewer');
  await limits(page).getByRole('button', { name: 'Save' }).click();
  await expectToast(page, /The time limits of .+ have been saved\./);
  await expect(row(page, email)).toContainText(`until ${words(access)}`);
  await expect(row(page, email)).toContainText(`until ${words(role)}`);
  if (js) await expectAccessible(page);

  await openMenu(row(page, email));
  await choice(row(page, email), 'Open profile').click();
  await expect(page.locator('.facts')).toContainText(`until ${words(role)}, then Viewer`);
  await expect(page.locator('.facts')).toContainText(`until ${words(access)}`);
  if (js) await expectAccessible(page);

  // Taken away again, from here.
  await page.getByRole('link', { name: 'Time limits' }).click();
  await expect(limits(page).getByLabel('Last day of access')).toHaveValue(access);
  await expect(limits(page).getByLabel('Role afterwards')).toHaveValue('viewer');
  await limits(page).getByLabel('Last day of access').fill('');
  await limits(page).getByLabel('Last day of this role').fill('');
  await limits(page).getByRole('button', { name: 'Save' }).click();
  await expectToast(page, /have been saved/);
  await expect(page.locator('.facts')).not.toContainText('until');
});

test('what is wrong stands beside the field, and what was typed stays', async ({ page, js }) => {
  await goto(page, ORG.users);
  const { email } = await active(page, 'Member');
  await openMenu(row(page, email));
  await choice(row(page, email), 'Time limits').click();
  await limits(page).getByLabel('Last day of access').fill('2020-02-29');
  await limits(page).getByLabel('Last day of this role').fill(day(3));
  await limits(page).getByRole('button', { name: 'Save' }).click();
  await expectRefused(limits(page).getByLabel('Last day of access'), /This day is over. Choose today or a later day./);
  await expect(limits(page).getByLabel('Last day of access')).toHaveValue('2020-02-29');
  await expect(limits(page).getByLabel('Last day of this role')).toHaveValue(day(3));
  if (js) await expectAccessible(page);
});

test('people are invited until a day', async ({ page }) => {
  await goto(page, `${ORG.users}?dialog=invite`);
  const dialog = page.getByRole('dialog', { name: 'Invite people' });
  await dialog.getByLabel('Email addresses').fill('contractor@x.example');
  await dialog.getByLabel('Last day of access').fill(day(90));
  await dialog.getByRole('button', { name: 'Send invitations' }).click();
  await dialog.getByRole('link', { name: 'Done' }).click();
  await goto(page, `${ORG.users}?q=contractor`);
  await expect(row(page, 'contractor@x.example')).toContainText(`until ${words(day(90))}`);
  await expect(row(page, 'contractor@x.example')).toContainText(/mail (queued|sent)/);
});
