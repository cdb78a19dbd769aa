// Support access (B53): the operator names the staff, an organization lets somebody of it in for a time and with a reason.
import { expectRefused, expectToast, proven, row } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { rollcall } from '../support/server.ts';
import { arrive, begin, expect, goto, join, type Page, test } from '../support/test.ts';

test.use({ holds: 'nothing', signedIn: false });
test.describe.configure({ timeout: 120_000 });

const SAM = { first: 'Sam', last: 'Vendor', email: 'sam@vendor.example' };
const SHOP = '/o/corner-shop';
const day = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Grant support access' });

test('somebody of the support staff is let in, seen with the reason, and out at once', async ({ page, server, visitor, js }) => {
  const session = await begin(page, server);
  await join(server, session, SAM);
  const sam = await visitor(await proven(server, SAM.email));
  await goto(page, '/orgs/new');
  await page.getByLabel('Name', { exact: true }).fill('Corner Shop');
  await page.getByRole('button', { name: 'Create organization' }).click();
  await arrive(page, new RegExp(`${SHOP}/users$`));

  // Nobody can be let in before the operator has named somebody.
  await goto(page, `${SHOP}/users?tab=support`);
  await expect(page.getByText('No support staff')).toBeVisible();
  await page.getByRole('link', { name: 'Grant support access' }).click();
  await expect(dialog(page)).toContainText('There is nobody to let in');
  expect(await rollcall(server.dir, 'support', 'add', SAM.email)).toContain(`${SAM.email} is now support staff.`);
  expect(await rollcall(server.dir, 'support', 'list')).toContain(`Sam Vendor <${SAM.email}>`);

  await goto(page, `${SHOP}/users?tab=support`);
  await page.getByRole('link', { name: 'Grant support access' }).click();
  await dialog(page).getByRole('button', { name: 'Grant access' }).click();
  await expectRefused(dialog(page).getByLabel('Last day of access'), /Support access always has an end/);
  await expectRefused(dialog(page).getByLabel('Reason'), /Say why they are let in/);
  await dialog(page).getByLabel('Last day of access').fill(day(14));
  await dialog(page).getByLabel('Reason').fill('Ticket 4711');
  await dialog(page).getByRole('radio', { name: /^Admin/ }).check();
  if (js) await expectAccessible(page);
  await dialog(page).getByRole('button', { name: 'Grant access' }).click();
  await expectToast(page, 'Sam Vendor has support access now.');
  await expect(row(page, SAM.email)).toContainText('Admin');
  if (js) await expectAccessible(page);

  // Listed apart, with the reason on the profile; and what he may not is told.
  await page.getByRole('link', { name: 'Sam Vendor' }).first().click();
  await arrive(page, /users\/mem_/);
  await expect(page.locator('.facts')).toContainText('Ticket 4711');
  await expect(page.locator('.facts')).toContainText('until');
  if (js) await expectAccessible(page);
  await page.getByRole('link', { name: 'Time limits' }).click();
  await expect(page.getByRole('dialog', { name: 'Time limits' })).toContainText('Within three months.');
  await goto(sam, `${SHOP}/users`);
  await expect(sam.getByRole('heading', { name: 'People' })).toBeVisible();
  expect(await goto(sam, `${SHOP}/users?tab=support`)).toBe(200);
  await expect(sam.locator('#open-support')).toHaveCount(0);

  // The operator takes him off the staff: he is out everywhere, and stays where he belongs.
  expect(await rollcall(server.dir, 'support', 'remove', SAM.email)).toContain('has left 1 organization');
  expect(await goto(sam, `${SHOP}/users`)).toBe(404);
  await goto(page, `${SHOP}/users?tab=support`);
  await expect(page.getByText('No support staff')).toBeVisible();
});
