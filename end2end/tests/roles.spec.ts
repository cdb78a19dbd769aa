// Custom roles (B41): made out of a base role, given to somebody, and deleted for another one.
import { expectToast } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { alive, arrive, begin, expect, goto, join, ORG, test } from '../support/test.ts';

// Four looks at one page take their time; without scripts axe cannot run.
test.describe.configure({ timeout: 120_000 });

const GRACE = { first: 'Grace', last: 'Hopper', email: 'grace@engines.example' };
const ROLES = `/o/${ORG.slug}/roles`;

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  test.describe(`on ${engine}`, () => {
    test.use({ engine, holds: 'nothing', signedIn: false });

    test('an admin less some permissions is made, given, felt, changed and deleted', async ({ page, server, visitor, js }) => {
      const session = await begin(page, server);
      const grace = await visitor((await join(server, session, GRACE)).session);
      await goto(page, ROLES);
      await page.getByRole('link', { name: 'New role' }).click();
      await arrive(page, /\/roles\/new$/);

      // What is wrong is said beside the fields, and what was chosen stays.
      await page.getByLabel('Name', { exact: true }).fill('Admin');
      await page.getByRole('button', { name: 'Create role' }).click();
      await expect(page.getByText('This is the name of a base role. Choose another one.')).toBeVisible();
      await expect(page.getByText('Take at least one permission away.')).toBeVisible();
      await page.getByLabel('Name', { exact: true }).fill('Help desk');
      await page.getByRole('checkbox', { name: /^Invite people/ }).uncheck();
      await page.getByRole('button', { name: 'Create role' }).click();
      await expectToast(page, 'The role Help desk is there. Give it to people on their profiles.');
      await expect(page.getByText('Admin, less: Invite people. Nobody has it.')).toBeVisible();
      const invites = page.getByRole('row', { name: /^Invite people/ });
      await expect(invites.getByText('Taken away')).toBeAttached();
      if (js) await expectAccessible(page);

      // Given on a profile.
      await goto(page, ORG.users);
      await page.getByRole('link', { name: 'Grace Hopper' }).first().click();
      await arrive(page, /users\/mem_/);
      await page.getByRole('link', { name: 'Change role' }).click();
      const change = page.getByRole('dialog', { name: 'Change role' });
      await change.getByLabel('Role').selectOption({ label: 'Help desk (a variation of Admin)' });
      await change.getByRole('button', { name: 'Change role' }).click();
      await expectToast(page, 'Grace Hopper has the role Help desk now.');
      await expect(page.getByText('Help desk – Admin, less: Invite people')).toBeVisible();
      if (js) await expectAccessible(page);
      await goto(grace, ORG.users);
      await expect(grace.getByRole('link', { name: 'Policies' })).toBeAttached();
      await expect(grace.locator('#open-invite')).toHaveCount(0);

      // Changed, for everybody who has it.
      await goto(page, ROLES);
      await page.getByRole('link', { name: 'Edit the role Help desk' }).click();
      await arrive(page, /roles\/rol_/);
      await expect(page.getByText('A variation of Admin. 1 person has it.')).toBeVisible();
      await page.getByRole('checkbox', { name: /^Edit policies/ }).uncheck();
      if (js) await expectAccessible(page);
      await page.getByRole('button', { name: 'Save' }).click();
      await expectToast(page, 'The role has been saved, for everybody who has it.');
      await goto(grace, `/o/${ORG.slug}/settings/policies`);
      await expect(grace.getByText('A custom role takes this away from you.')).toBeVisible();

      // Deleted, once it is said what its people get instead.
      await goto(page, ROLES);
      await page.getByRole('link', { name: 'Edit the role Help desk' }).click();
      await arrive(page, /roles\/rol_/);
      await page.getByRole('link', { name: 'Delete role' }).click();
      const remove = page.getByRole('dialog', { name: 'Delete role' });
      await remove.getByRole('button', { name: 'Delete role' }).click();
      await expect(remove.getByText('Choose which role the people who have it get instead.')).toBeVisible();
      await remove.getByLabel('Instead of it').selectOption('admin');
      if (js) await expectAccessible(page);
      await remove.getByRole('button', { name: 'Delete role' }).click();
      await expectToast(page, 'The role Help desk has been deleted.');
      await expect(page.getByRole('heading', { name: 'Custom roles' })).toHaveCount(0);
      await goto(grace, ORG.users);
      await alive(grace);
      await expect(grace.locator('#open-invite')).toHaveCount(1);
    });

    test('another base is another list of permissions', async ({ page, server }) => {
      await begin(page, server);
      await goto(page, `${ROLES}/new`);
      await page.getByRole('navigation', { name: 'Base role' }).getByRole('link', { name: 'Member' }).click();
      await arrive(page, /base=member/);
      await expect(page.getByRole('checkbox')).toHaveCount(2);
      await page.getByLabel('Name', { exact: true }).fill('Reader');
      await page.getByRole('checkbox', { name: /^Use all features/ }).uncheck();
      await page.getByRole('button', { name: 'Create role' }).click();
      await expect(page.getByText('Member, less: Use all features. Nobody has it.')).toBeVisible();
    });
  });
}
