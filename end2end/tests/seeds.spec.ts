// The pages of seeds 001 and 002, as far as they are about people of one's own organization; those of other ones are replayed in
// externals.spec.ts. Seed 000 is replayed in onboarding.spec.ts, 003 in requests.spec.ts and 004 in removal.spec.ts.
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

    test('the permissions of seed 001: given before somebody accepts, and held afterwards', async ({ page, server, visitor }) => {
      await found(page, /^Requests and expiry/);
      await page.getByRole('link', { name: 'Invite', exact: true }).click();
      await dialog(page, 'Invite people').getByLabel('Email addresses').fill(GRACE.email);
      await dialog(page, 'Invite people').getByRole('button', { name: 'Send invitations' }).click();
      await dialog(page, 'Invite people').getByRole('link', { name: 'Done' }).click();

      // "Create variations of base roles with specific permission restrictions for users, groups, and connections."
      await goto(page, `/o/${ORG.slug}/roles/new`);
      await page.getByLabel('Name', { exact: true }).fill('Analyst');
      await page.getByRole('checkbox', { name: /^Remove people/ }).uncheck();
      await page.getByRole('button', { name: 'Create role' }).click();
      await expectToast(page, 'The role Analyst is there. Give it to people on their profiles.');

      // "Create groups to manage permissions and content access at scale."
      await goto(page, `/o/${ORG.slug}/groups?dialog=new`);
      await dialog(page, 'New group').getByLabel('Name', { exact: true }).fill('Analysts');
      await dialog(page, 'New group').getByLabel('Role', { exact: true }).selectOption('Analyst (a variation of Admin)');
      await dialog(page, 'New group').getByRole('button', { name: 'Create group' }).click();
      await arrive(page, /\/groups\/grp_/);
      await page.getByRole('search').getByLabel('Search people to add by name or email').fill('grace');
      await page.getByRole('search').getByRole('button', { name: 'Search' }).click();
      await page.getByRole('button', { name: /^Add grace/ }).click();
      await expectToast(page, /added to/);

      // "Control access to connections and content with connection roles and model permissions."
      await goto(page, `/o/${ORG.slug}/connections?dialog=new`);
      await dialog(page, 'Add connection').getByLabel('Key').fill('warehouse');
      await dialog(page, 'Add connection').getByLabel('Name', { exact: true }).fill('Warehouse');
      await dialog(page, 'Add connection').getByRole('button', { name: 'Add connection' }).click();
      await arrive(page, /\/connections\/con_/);
      const models = page.getByRole('region', { name: 'Models', exact: true });
      await models.getByLabel('New model').fill('Sales');
      await models.getByRole('button', { name: 'Add model' }).click();
      await expectToast(page, 'The model Sales is there.');
      const people = page.getByRole('region', { name: 'People', exact: true });
      for (const [on, role] of [['', 'Querier'], ['Sales', 'Modeler']] as const) {
        await people.getByLabel('Email').fill(GRACE.email);
        if (on) await people.getByLabel('On', { exact: true }).selectOption(on);
        await people.getByLabel('Role', { exact: true }).selectOption(role);
        await people.getByRole('button', { name: 'Give to person' }).click();
        await expectToast(page, new RegExp(`${role} on`));
      }

      // "Map user-specific variables to control data access, route connections, and personalize content."
      await goto(page, `/o/${ORG.slug}/attributes/new?type=text`);
      await page.getByLabel('Key').fill('region');
      await page.getByLabel('Label').fill('Region');
      await page.getByRole('button', { name: 'Create attribute' }).click();
      await expectToast(page, /The attribute Region is there/);
      await goto(page, `${ORG.users}?tab=invitations`);
      await row(page, GRACE.email).getByRole('link', { name: /^grace/ }).first().click();
      await page.getByRole('link', { name: 'Edit Region' }).click();
      await dialog(page, 'Region').getByLabel('Value').fill('Harbor');
      await dialog(page, 'Region').getByRole('button', { name: 'Save' }).click();
      await expectToast(page, 'Region has been saved.');

      // All of it holds once she has joined.
      const grace = await visitor();
      await accept(grace, linkIn(await mail(server, GRACE.email)), OTHER_PASSWORD, [GRACE.first, GRACE.last]);
      await arrive(grace, /\/o\/analytical-engines/);
      await goto(page, ORG.users);
      await page.getByRole('link', { name: GRACE.name }).first().click();
      await expect(page.getByRole('region', { name: 'Attributes' })).toContainText('Harbor – own value');
      const warehouse = page.getByRole('region', { name: 'Connections', exact: true });
      await expect(warehouse).toContainText('Querier – own role');
      await expect(page.getByRole('list', { name: 'Models of Warehouse' })).toContainText('Sales: Modeler');
      const explained = page.getByRole('region', { name: 'Explain access' });
      for (const [what, verdict, why] of [
        ['Invite people', 'can', 'Analyst gives it – through Analysts.'],
        ['Remove people', 'cannot', 'Analyst takes it away – through Analysts.'],
      ] as const) {
        await explained.getByLabel('Why can they, or can they not').selectOption(what);
        await explained.getByRole('button', { name: 'Explain' }).click();
        await expect(explained).toContainText(`${GRACE.name} ${verdict}: ${what}.`);
        await expect(explained).toContainText(why);
      }
      await goto(grace, ORG.users);
      await openMenu(row(grace, GRACE.email));
      await expect(choice(row(grace, GRACE.email), 'Revoke membership')).toHaveCount(0);
      await expect(grace.getByRole('link', { name: 'Invite', exact: true })).toBeVisible();
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

    test('the partners of seed 002: in a partner organization alone, and they see its section alone', async ({ page, server, visitor }) => {
      await found(page, /^Agency and partners/);
      // "This role is exclusive to partner customer accounts": elsewhere nobody can be invited with it.
      await page.getByRole('link', { name: 'Invite', exact: true }).click();
      await expect(dialog(page, 'Invite people').getByLabel('Role').getByRole('option', { name: 'Partner' })).toHaveCount(0);
      await dialog(page, 'Invite people').getByRole('link', { name: 'Cancel' }).click();
      await goto(page, `/o/${ORG.slug}/settings/general`);
      await page.getByRole('radio', { name: /^Partner/ }).check();
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await expectToast(page, 'The organization has been saved.');
      await goto(page, ORG.users);
      const grace = await graceJoins(page, server, visitor, 'Partner');

      // "Users with a partner role can only access the Partner section … to see referred customers, commissions, and payouts."
      await goto(grace, `/o/${ORG.slug}`);
      await arrive(grace, new RegExp(`/o/${ORG.slug}/partner$`));
      await expect(grace.getByRole('navigation', { name: 'Organization' }).getByRole('link')).toHaveText(['Partner']);
      for (const list of ['Customers', 'Commissions', 'Payouts']) {
        await grace.getByRole('navigation', { name: 'Partner section' }).getByRole('link', { name: list }).click();
        await expect(grace.getByRole('navigation', { name: 'Partner section' }).getByRole('link', { name: list })).toHaveAttribute('aria-current', 'page');
      }
      expect(await goto(grace, ORG.users)).toBe(403);
    });
  });
}
