// At 200 % zoom in a window of 1280 × 800 (WCAG 1.4.4), and on a phone held either way: every page and dialog fits, and
// all of it can be got at.
import { openMenu, row } from '../support/people.ts';
import { expectWithinReach } from '../support/scan.ts';
import { ADA, askFor, expect, goto, invite, join, type Locator, ORG, type Page, takeRequests, test } from '../support/test.ts';

const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example' };
const IDA = { first: 'Ida', last: 'Rhodes', name: 'Ida Rhodes', email: 'ida@nbs.example' };

const bar = (page: Page): Locator => page.getByRole('form', { name: 'Selected people' });

/** The last thing in a dialog can be brought into the window and clicked. */
async function expectItsEndIsThere(dialog: Locator, last: string): Promise<void> {
  const button = dialog.getByRole('button', { name: last, exact: true }).or(dialog.getByRole('link', { name: last, exact: true }));
  await button.scrollIntoViewIfNeeded();
  await expect(button).toBeInViewport({ ratio: 1 });
  await button.click({ trial: true });
}

for (const [how, use] of [
  ['at 200 % zoom', { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }],
  ['at 390 px', { viewport: { width: 390, height: 844 } }],
] as const) {
  test.describe(how, () => {
    test.use({ ...use, contextOptions: { reducedMotion: 'reduce' } });

    const fits = (page: Page, js: boolean) => expectWithinReach(page, js ? 'with axe' : 'without axe');

    test.describe('an empty installation', () => {
      test.use({ holds: 'nothing' });

      test('set-up', async ({ page, js }) => {
        await goto(page, '/setup');
        await fits(page, js);
      });
    });

    test.describe('signed out', () => {
      test.use({ signedIn: false });

      test('signing in, and accepting an invitation', async ({ page, server, owner, js }) => {
        await goto(page, '/login');
        await fits(page, js);
        const { link } = await invite(server, owner.session, GRACE);
        await goto(page, link);
        await fits(page, js);
        await goto(page, '/invite/unknown');
        await fits(page, js);
      });

      test('the door of an organization, and asking for an invitation', async ({ page, server, owner, js }) => {
        await takeRequests(server, owner.session);
        for (const url of [`/o/${ORG.slug}/login`, `/o/${ORG.slug}/login/request`]) {
          await goto(page, url);
          await fits(page, js);
        }
      });
    });

    test('the organizations, and what is not there', async ({ page, js }) => {
      for (const url of ['/orgs', '/nowhere']) {
        await goto(page, url);
        await fits(page, js);
      }
    });

    test.describe('many people', () => {
      test.use({ holds: 'people' });

      test('searched, filtered, with other columns, and on lists of invitations', async ({ page, js }) => {
        for (const query of [
          '?q=a&role=admin,member&status=active,deactivated&login=90d&source=invited,csv',
          '?cols=role,status,last_login,active,added,source&rows=compact',
          '?tab=expired',
          '?q=zzyzx',
        ]) {
          await goto(page, `${ORG.users}${query}`);
          await fits(page, js);
        }
      });
    });

    test('people who are selected', async ({ page, server, owner, js }) => {
      await join(server, owner.session, GRACE);
      await goto(page, ORG.users);
      await page.getByRole('checkbox', { name: `Select ${GRACE.name}`, exact: true }).check();
      await expect(bar(page)).toBeVisible();
      await fits(page, js);
    });

    test('requests for invitations, one of them selected', async ({ page, server, owner, js }) => {
      await takeRequests(server, owner.session);
      await askFor(server, GRACE, 'I work with Ada on the notes, and have lost the link that she sent me.');
      await askFor(server, { ...IDA, email: `${'a-rather-long-address'.repeat(2)}@observatory.example` });
      await join(server, owner.session, GRACE);
      await goto(page, `${ORG.users}?tab=requests`);
      await page.getByRole('checkbox', { name: `Select the request of ${GRACE.name}` }).check();
      await fits(page, js);
    });

    test('the page of a job', async ({ page, server, owner, js }) => {
      await join(server, owner.session, GRACE);
      await goto(page, ORG.users);
      await page.getByRole('checkbox', { name: `Select ${ADA.name}`, exact: true }).check();
      await page.getByRole('checkbox', { name: `Select ${GRACE.name}`, exact: true }).check();
      await bar(page).getByLabel('Change to').selectOption('Viewer');
      await bar(page).getByRole('button', { name: 'Change role' }).click();
      await expect(page.getByRole('button', { name: /^Change 1 p/ })).toBeVisible();
      await fits(page, js);
    });

    test('the profile of a member, and of somebody invited', async ({ page, server, owner, js }) => {
      const people = [await join(server, owner.session, GRACE), await invite(server, owner.session, IDA)];
      for (const { id } of people) {
        await goto(page, `${ORG.users}/${id}`);
        await fits(page, js);
      }
    });

    test('every dialog, to its end', async ({ page, server, owner, js }) => {
      const { id } = await invite(server, owner.session, IDA);
      for (const [query, title, last] of [
        ['dialog=add', 'Invite user to team', 'Invite user'],
        ['dialog=invite', 'Invite people', 'Send invitations'],
        [`dialog=edit&id=${id}`, 'Edit user', 'Update user'],
        [`dialog=revoke&id=${id}`, 'Revoke invitation', 'Revoke invitation'],
      ] as const) {
        await goto(page, `${ORG.users}?${query}`);
        const dialog = page.getByRole('dialog', { name: title });
        await expect(dialog.getByRole('button', { name: last, exact: true })).toBeAttached();
        await fits(page, js);
        await expectItsEndIsThere(dialog, last);
        await expectItsEndIsThere(dialog, 'Cancel');
      }
    });

    test('the results of a long batch', async ({ page, js }) => {
      await goto(page, `${ORG.users}?dialog=invite`);
      const addresses = Array.from({ length: 12 }, (_, n) => `somebody-with-a-long-address-${n}@observatory.example`);
      await page.getByLabel('Email addresses').fill(addresses.join(' '));
      await page.getByRole('button', { name: 'Send invitations' }).click();
      await expect(page.getByText('12 invitations are on their way.')).toBeVisible();
      await fits(page, js);
      await expectItsEndIsThere(page.getByRole('dialog'), 'Done');
    });

    test('every menu', async ({ page, server, owner, js }) => {
      await invite(server, owner.session, IDA);
      for (const label of ['Filter by role', 'Filter by source', 'Export', 'View', `Profile of ${ADA.name}`]) {
        await goto(page, ORG.users);
        await page.getByLabel(label, { exact: true }).click();
        await expect(page.locator('.menu-panel').filter({ visible: true })).toHaveCount(1);
        await fits(page, js);
      }
      await goto(page, ORG.users);
      await openMenu(row(page, IDA.email));
      await expect(row(page, IDA.email).getByText('Resend invitation')).toBeVisible();
      await fits(page, js);
    });

    test('the palette and the sheet of the keys', async ({ page, js }) => {
      test.skip(!js, 'both are the matter of scripts');
      await goto(page, ORG.users);
      await expect(page.getByRole('button', { name: 'Search or jump to…' })).toHaveAttribute('aria-keyshortcuts', 'Control+K');
      await page.keyboard.press('Control+k');
      await expect(page.getByRole('combobox')).toBeFocused();
      await fits(page, js);
      await page.getByRole('combobox').fill('keyboard');
      await page.keyboard.press('Enter');
      const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
      await fits(page, js);
      await sheet.getByRole('switch').last().scrollIntoViewIfNeeded();
      await sheet.getByRole('switch').last().click();
      await expect(sheet.getByRole('switch').last()).not.toBeChecked();
    });
  });
}
