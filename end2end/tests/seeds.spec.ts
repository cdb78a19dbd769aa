// The pages of seeds 001 and 002, as far as they are about people of one's own organization. Seed 000 is replayed in
// onboarding.spec.ts, 003 in requests.spec.ts and 004 in removal.spec.ts.
import { accept, choice, expectToast, found, linkIn, mail, openMenu, row } from '../support/people.ts';
import { type Server } from '../support/server.ts';
import { arrive, expect, goto, ORG, OTHER_PASSWORD, type Page, test } from '../support/test.ts';

test.describe.configure({ timeout: 120_000 });
test.use({ holds: 'nothing', signedIn: false });

const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example' };

const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });

/** Invites Grace in the dialog with a role, and yields the page on which she has joined. */
async function graceJoins(page: Page, server: Server, visitor: () => Promise<Page>, role?: string): Promise<Page> {
  await page.getByRole('link', { name: 'Invite', exact: true }).click();
  const invite = dialog(page, 'Invite people');
  await invite.getByLabel('Email addresses').fill(GRACE.email);
  if (role) await invite.getByLabel('Role').selectOption(role);
  await invite.getByRole('button', { name: 'Send invitations' }).click();
  await invite.getByRole('link', { name: 'Done' }).click();
  const grace = await visitor();
  await accept(grace, linkIn(await mail(server, GRACE.email)), OTHER_PASSWORD, [GRACE.first, GRACE.last]);
  await arrive(grace, /\/o\/analytical-engines/);
  return grace;
}

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  test.describe(`on ${engine}`, () => {
    test.use({ engine });

    test('the user list of seed 001, from inviting to revoking a membership', async ({ page, server, visitor }) => {
      await found(page, /^Requests and expiry/);
      // "The user list is organized into tabs for different user types and statuses."
      const lists = page.getByRole('navigation', { name: 'Lists' });
      for (const name of ['Standard', 'Embed', 'Email-only', 'Support', 'Expired invitations', 'Invitation requests']) {
        await expect(lists.getByRole('link', { name })).toBeVisible();
      }
      // "Name, Email, Status, Last login." "Shows “Never” for users who haven't logged in."
      for (const head of ['Name', 'Role', 'Status', 'Last login']) {
        await expect(page.getByRole('columnheader', { name: head })).toBeVisible();
      }
      const grace = await graceJoins(page, server, visitor);
      await goto(page, ORG.users);
      await expect(row(page, GRACE.email)).toContainText('just now');

      // "Organization Admin permissions are required to view and manage users."
      await goto(grace, ORG.users);
      await expect(grace.getByText('Your role does not allow this. Ask an admin of your organization.')).toBeVisible();

      // "The user's current status: Active, Invited, or Suspended."
      await row(page, GRACE.email).getByRole('switch').click();
      await expectToast(page, 'User has been successfully deactivated.');
      await expect(row(page, GRACE.email).locator('.badge')).toHaveText('Suspended');
      await row(page, GRACE.email).getByRole('switch').click();
      await expectToast(page, 'User has been successfully activated.');

      // "Hover over them in the user list and click the Manage button that appears."
      await row(page, GRACE.email).hover();
      await row(page, GRACE.email).getByRole('link', { name: `Manage ${GRACE.name}` }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(GRACE.name);

      // "Remove a user from your organization and understand the impact on their content and schedules."
      await page.getByRole('link', { name: 'Revoke membership' }).click();
      const revoke = dialog(page, 'Revoke membership');
      await revoke.getByLabel(/^To confirm/).fill(GRACE.email);
      await revoke.getByRole('button', { name: 'Revoke membership' }).click();
      await arrive(page, ORG.users);
      await expect(row(page, GRACE.email)).toHaveCount(0);
      await grace.goto(`/o/${ORG.slug}`);
      await arrive(grace, /\/login/);
    });

    test('the native users of seed 002: viewers see, admins manage, and that is granted sparingly', async ({ page, server, visitor }) => {
      await found(page, /^Agency and partners/);
      // "Users are non-privileged accounts … not allowed to make any changes." Whoever is invited begins as one.
      await page.getByRole('link', { name: 'Invite', exact: true }).click();
      await expect(dialog(page, 'Invite people').getByLabel('Role')).toHaveValue('viewer');
      await dialog(page, 'Invite people').getByRole('link', { name: 'Cancel' }).click();
      const grace = await graceJoins(page, server, visitor);
      await goto(page, ORG.users);
      await expect(row(page, GRACE.email)).toContainText('Viewer');
      await goto(grace, ORG.users);
      await expect(grace.getByText('Your role does not allow this. Ask an admin of your organization.')).toBeVisible();

      // "Ensure only people who need full control have this access level."
      await openMenu(row(page, GRACE.email));
      await choice(row(page, GRACE.email), 'Edit user').click();
      const edit = dialog(page, 'Edit user');
      await expect(edit).toContainText('Full control, except over the Owner. Grant it sparingly.');
      await edit.getByRole('checkbox', { name: /^Admin/ }).check();
      await edit.getByRole('button', { name: 'Update user' }).click();
      await expect(row(page, GRACE.email)).toContainText('Admin');
      await goto(grace, ORG.users);
      await expect(row(grace, 'ada@analytical.example')).toContainText('Owner');
      // Full control, except over the Owner.
      await openMenu(row(grace, 'ada@analytical.example'));
      await expect(choice(row(grace, 'ada@analytical.example'), 'Edit user')).toHaveCount(0);
    });
  });
}
