// Somebody goes (B35–B37): what is told before, typed once more, handed over, and what is left. And the page of seed 004.
import { accept, choice, enter, expectRefused, expectToast, linkIn, mail, openMenu, row } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { ADA, arrive, begin, expect, goto, invite, join, ORG, OTHER_PASSWORD, type Page, test } from '../support/test.ts';

// Four looks at one page take their time; without scripts axe cannot run.
test.describe.configure({ timeout: 120_000 });

const GRACE = { first: 'Grace', last: 'Hopper', email: 'grace@navy.example', admin: true };
const GUEST = { first: 'Guest', email: 'guest@x.example' };

const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });

async function anybodyCanBeDeleted(page: Page): Promise<void> {
  await goto(page, `/o/${ORG.slug}/settings/policies`);
  await page.getByRole('radio', { name: /^Anybody/ }).check();
  await page.getByRole('button', { name: 'Preview changes' }).click();
  await expect(page.getByText('Owners and admins can delete anybody for good')).toBeVisible();
  await page.getByRole('button', { name: 'Save policies' }).click();
  await expectToast(page, 'The policies have been saved.');
}

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  test.describe(`on ${engine}`, () => {
    test.use({ engine, holds: 'nothing', signedIn: false });

    test('a team of seed 004: invite, resend, promote, edit, deactivate, and delete only while invited', async ({ page, server, visitor }) => {
      await begin(page, server);
      // "Click the “Add New User” button to open the “Invite User To Team” dialog."
      await goto(page, ORG.users);
      await page.getByRole('link', { name: 'Add new user' }).first().click();
      const add = dialog(page, 'Invite user to team');
      await add.getByLabel('First name').fill('Grace');
      await add.getByLabel('Last name').fill('Hopper');
      await add.getByLabel('Email').fill(GRACE.email);
      await add.getByRole('button', { name: 'Invite user' }).click();
      await add.getByRole('link', { name: 'Done' }).click();
      await expect(row(page, GRACE.email).locator('.badge')).toHaveText('Invited');

      // "Resend Invitation: For users with an “Invited” status." "You can only delete users who have not yet accepted."
      await openMenu(row(page, GRACE.email));
      await expect(choice(row(page, GRACE.email), 'Delete user')).toBeVisible();
      await choice(row(page, GRACE.email), 'Resend invitation').click();
      await expectToast(page, `A new invitation is on its way to ${GRACE.email}.`);
      const grace = await visitor();
      await accept(grace, linkIn(await mail(server, GRACE.email, 2)), OTHER_PASSWORD);
      await arrive(grace, /\/o\/analytical-engines/);

      // "Assign Admin Role: Promotes a Member to an Admin. For existing admins, this becomes “Revoke Admin Role.”"
      await goto(page, ORG.users);
      await expect(row(page, GRACE.email).locator('.badge')).toHaveText('Active');
      await openMenu(row(page, GRACE.email));
      await expect(choice(row(page, GRACE.email), 'Delete user')).toHaveCount(0);
      await expect(choice(row(page, GRACE.email), 'Resend invitation')).toHaveCount(0);
      await choice(row(page, GRACE.email), 'Assign admin role').click();
      await expectToast(page, 'Grace Hopper is an admin now.');
      await openMenu(row(page, GRACE.email));
      await choice(row(page, GRACE.email), 'Revoke admin role').click();
      await expectToast(page, 'Grace Hopper is no longer an admin.');

      // "Edit User: Opens the “Edit User” dialog. Click “Update User” to save the changes."
      await openMenu(row(page, GRACE.email));
      await choice(row(page, GRACE.email), 'Edit user').click();
      const edit = dialog(page, 'Edit user');
      await edit.getByLabel('First name').fill('Amazing Grace');
      await edit.getByRole('button', { name: 'Update user' }).click();
      await expect(row(page, GRACE.email)).toContainText('Amazing Grace Hopper');

      // "Deactivate User: Suspends the user's access to the platform."
      await openMenu(row(page, GRACE.email));
      await choice(row(page, GRACE.email), 'Deactivate user').click();
      await expectToast(page, 'User has been successfully deactivated.');
      await expect(row(page, GRACE.email).locator('.badge')).toHaveText('Deactivated');
      await grace.goto(ORG.users);
      await arrive(grace, /\/login/);

      // "Delete User: Permanently removes a user from the team. You can only delete users who have not yet accepted."
      await page.getByRole('link', { name: 'Add new user' }).first().click();
      await add.getByLabel('First name').fill('Guest');
      await add.getByLabel('Email').fill(GUEST.email);
      await add.getByRole('button', { name: 'Invite user' }).click();
      await add.getByRole('link', { name: 'Done' }).click();
      await openMenu(row(page, GUEST.email));
      await choice(row(page, GUEST.email), 'Delete user').click();
      await expect(dialog(page, 'Delete user')).toContainText('The link in the invitation stops working at once.');
      await dialog(page, 'Delete user').getByRole('button', { name: 'Delete user' }).click();
      await expectToast(page, 'Guest has been deleted.');
      await expect(row(page, GUEST.email)).toHaveCount(0);
    });
  });
}

test('what hangs on somebody is told, handed over, and confirmed by their address', async ({ page, js, server, owner }) => {
  await join(server, owner.session, GRACE);
  const graces = await server.call<unknown>('session/login', { email: GRACE.email, password: OTHER_PASSWORD });
  await invite(server, graces.session!, GUEST);
  await goto(page, ORG.users);
  await row(page, GRACE.email).getByRole('link', { name: 'Grace Hopper', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Grace Hopper');
  await expect(page.getByRole('link', { name: 'Delete user' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Revoke membership' }).click();
  const revoke = dialog(page, 'Revoke membership');
  await expect(revoke).toContainText('They lose access to this organization at once');
  await expect(revoke).toContainText('1 open invitation that they sent is handed over.');
  await expect(revoke.getByLabel('Hand over to')).toHaveValue(ADA.email);
  await revoke.getByLabel('Hand over to').fill('nobody@x.example');
  await revoke.getByLabel(/^To confirm/).fill('grace');
  await revoke.getByRole('button', { name: 'Revoke membership' }).click();
  await expectRefused(revoke.getByLabel(/^To confirm/), 'Type grace@navy.example to confirm.');
  await expectRefused(revoke.getByLabel('Hand over to'), /Nobody in this organization has this address/);
  await expect(revoke.getByLabel('Hand over to')).toHaveValue('nobody@x.example');
  if (js) await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await revoke.getByLabel('Hand over to').fill(ADA.email);
  await revoke.getByLabel(/^To confirm/).fill(GRACE.email);
  await revoke.getByRole('button', { name: 'Revoke membership' }).click();
  await expectToast(page, 'Grace Hopper has no access to this organization any more.');
  await expect(page).toHaveURL(ORG.users);
  await expect(row(page, GRACE.email)).toHaveCount(0);
  await expect(row(page, GUEST.email)).toBeVisible();
});

test('whoever loses the membership is out at the next step, and told so', async ({ page, server, owner, visitor }) => {
  const { id } = await join(server, owner.session, { ...GRACE, admin: true });
  const grace = await visitor();
  await goto(grace, '/login');
  await enter(grace, GRACE.email, OTHER_PASSWORD);
  await arrive(grace, ORG.users);
  await goto(page, `${ORG.users}/${id}?dialog=remove`);
  await dialog(page, 'Revoke membership').getByLabel(/^To confirm/).fill(GRACE.email);
  await dialog(page, 'Revoke membership').getByRole('button', { name: 'Revoke membership' }).click();
  await arrive(page, ORG.users);
  await grace.goto(ORG.users);
  await arrive(grace, /\/login/);
});

test('many are deleted once their number was typed', async ({ page, js, server, owner }) => {
  await anybodyCanBeDeleted(page);
  for (const name of ['One', 'Two']) await join(server, owner.session, { first: name, email: `${name.toLowerCase()}@x.example` });
  await goto(page, ORG.users);
  for (const name of ['One', 'Two']) await page.getByRole('checkbox', { name: new RegExp(`Select ${name}`) }).check();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByText('2 people will be deleted, which cannot be undone.')).toBeVisible();
  await page.getByLabel(/^To confirm/).fill('3');
  await page.getByRole('button', { name: 'Delete 2 people for good' }).click();
  await expectRefused(page.getByLabel(/^To confirm/), 'Type 2 to confirm.');
  if (js) await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByLabel(/^To confirm/).fill('2');
  await page.getByRole('button', { name: 'Delete 2 people for good' }).click();
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('2 people were deleted.')).toBeVisible({ timeout: 1_000 });
  }).toPass();
});
