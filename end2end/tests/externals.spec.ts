// Several organizations and people of other ones (B45–B49): the page of seed 002, and what stands around it.
import { choice, expectToast, linkIn, mail, openMenu, proven, row } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { ADA, alive, arrive, begin, expect, goto, join, type Locator, ORG, type Page, test } from '../support/test.ts';

// Four looks at one page take their time; without scripts axe cannot run.
test.describe.configure({ timeout: 120_000 });

const SHOP = { name: 'Corner Shop', slug: 'corner-shop', users: '/o/corner-shop/users' };
const GRACE = { first: 'Grace', last: 'Hopper', email: 'grace@engines.example' };
const WHY = 'You belong to another organization. External users cannot do this here, whatever their role.';

const dialog = (page: Page, name: string): Locator => page.getByRole('dialog', { name });

/** Founds another organization from the page of one's organizations. */
async function foundShop(page: Page): Promise<void> {
  await goto(page, '/orgs');
  await page.getByRole('link', { name: 'New organization' }).click();
  await page.getByLabel('Name', { exact: true }).fill(SHOP.name);
  await page.getByRole('radio', { name: /^Agency and partners/ }).check();
  await page.getByRole('button', { name: 'Create organization' }).click();
  await arrive(page, new RegExp(`${SHOP.users}$`));
}

/** Invites an external into the shop. */
async function inviteExternal(page: Page, email: string, role: 'User' | 'Admin'): Promise<void> {
  await goto(page, `${SHOP.users}?tab=external`);
  await page.locator('#open-external').click();
  const invite = dialog(page, 'Invite external users');
  await invite.getByLabel('Email addresses').fill(email);
  await invite.getByRole('radio', { name: new RegExp(`^${role}`) }).check();
  await invite.getByRole('button', { name: 'Send invitations' }).click();
  await expect(invite.getByText('Invitation sent.')).toBeVisible();
  await invite.getByRole('link', { name: 'Done' }).click();
}

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  test.describe(`on ${engine}`, () => {
    test.use({ engine, holds: 'nothing', signedIn: false });

    test('seed 002: an agency’s admin is invited, confirms, sees and changes nothing of people, and is out at once', async ({ page, server, visitor, js }) => {
      const session = await begin(page, server);
      await goto(page, ORG.users);
      const grace = await visitor((await join(server, session, GRACE)).session);
      await foundShop(page);

      // "When you invite an external user to join your account, you must select the role they will receive."
      await goto(page, `${SHOP.users}?tab=external`);
      await page.locator('#open-external').click();
      const invite = dialog(page, 'Invite external users');
      await invite.getByLabel('Email addresses').fill(GRACE.email);
      await invite.getByRole('button', { name: 'Send invitations' }).click();
      await expect(invite.getByText('Choose whether they come as a user or as an admin.')).toBeVisible();
      await expect(invite.getByLabel('Email addresses')).toHaveValue(GRACE.email);
      await invite.getByRole('radio', { name: /^Admin/ }).check();
      await invite.getByRole('button', { name: 'Send invitations' }).click();
      await expect(invite.getByText('Invitation sent.')).toBeVisible();
      await invite.getByRole('link', { name: 'Done' }).click();

      // "Only once the invitation is accepted will the invited user be displayed in the list of external users": the preset
      // shows who waits there as well, so that policy is turned off.
      await expect(row(page, GRACE.email)).toContainText('External');
      await goto(page, `/o/${SHOP.slug}/settings/policies`);
      await page.getByRole('checkbox', { name: /^Show them while they are invited/ }).uncheck();
      await page.getByRole('button', { name: 'Preview changes' }).click();
      await page.getByRole('button', { name: 'Save policies' }).click();
      await expectToast(page, 'The policies have been saved.');
      await goto(page, `${SHOP.users}?tab=external`);
      await expect(page.getByText('No external users')).toBeVisible();
      await goto(page, `${SHOP.users}?tab=invitations`);
      await expect(row(page, GRACE.email)).toContainText('External');

      // "The invited user must confirm they accept the invitation."
      const invitation = await mail(server, GRACE.email, 2);
      expect(invitation.text).toContain('External admin');
      await goto(grace, linkIn(invitation));
      await expect(grace.getByText('They will see that you belong to')).toContainText(ORG.name);
      await grace.getByRole('button', { name: `Join ${SHOP.name}` }).click();
      await arrive(grace, new RegExp(SHOP.slug));

      // "External users can switch to your account": by the menu of the shell; without scripts by the page behind it.
      await goto(grace, SHOP.users);
      await expect(grace.getByText(WHY)).toBeVisible();
      await expect(grace.getByRole('button', { name: 'Invite', exact: true })).toBeDisabled();
      await expect(grace.getByRole('button', { name: 'Add new user' })).toBeDisabled();
      const ada = row(grace, ADA.email);
      await expect(ada.getByRole('switch')).toBeDisabled();
      await grace.getByLabel(`${SHOP.name}: switch organization`).click();
      if (js) {
        await expect(grace.getByRole('link', { name: new RegExp(ORG.name) })).toBeVisible();
      }
      await grace.getByRole('link', { name: 'All organizations' }).click();
      await expect(grace.getByRole('link', { name: new RegExp(`${SHOP.name}.*External admin`) })).toBeVisible();
      await expect(grace.getByRole('link', { name: new RegExp(`${ORG.name}.*Member`) })).toBeVisible();

      // She is listed, with where she comes from; and at home it is known where she is a guest.
      await goto(page, `${SHOP.users}?tab=external`);
      await expect(row(page, GRACE.email)).toContainText(`from ${ORG.name}`);
      await goto(page, `/o/${ORG.slug}/guests`);
      await expect(page.getByRole('listitem').filter({ hasText: GRACE.email })).toContainText(SHOP.name);

      // "You can … revoke their access at any time."
      await goto(page, `${SHOP.users}?tab=external`);
      await openMenu(row(page, GRACE.email));
      await choice(row(page, GRACE.email), 'Revoke membership').click();
      const revoke = dialog(page, 'Revoke membership');
      await revoke.getByLabel(/^To confirm/).fill(GRACE.email);
      await revoke.getByRole('button', { name: 'Revoke membership' }).click();
      await expect(row(page, GRACE.email)).toHaveCount(0);
      expect(await goto(grace, SHOP.users)).toBe(404);
    });
  });
}

test('an invitation is accepted or declined among one’s organizations', async ({ page, server, owner, visitor }) => {
  await join(server, owner.session, GRACE);
  const grace = await visitor(await proven(server, GRACE.email));
  await foundShop(page);
  await inviteExternal(page, GRACE.email, 'User');
  await goto(grace, '/orgs');
  await expect(grace.getByText('invites you as External user')).toBeVisible();
  await grace.getByRole('button', { name: `Decline the invitation to ${SHOP.name}` }).click();
  await expectToast(grace, `You have declined the invitation to ${SHOP.name}.`);
  await expect(grace.getByText('invites you as')).toHaveCount(0);
  await inviteExternal(page, GRACE.email, 'User');
  await goto(grace, '/orgs');
  await grace.getByRole('button', { name: `Accept the invitation to ${SHOP.name}` }).click();
  await arrive(grace, new RegExp(SHOP.slug));
});

test('an organization is described, archived and restored', async ({ page }) => {
  const general = `/o/${ORG.slug}/settings/general`;
  await goto(page, ORG.users);
  await page.getByRole('link', { name: 'General' }).click();
  await page.getByLabel('Name', { exact: true }).fill('');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Enter a name.')).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('Engines & Sons');
  await page.getByLabel('Address', { exact: true }).fill('12 St James’s Square\nLondon');
  await page.getByLabel('Time zone').selectOption('Europe/London');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expectToast(page, 'The organization has been saved.');
  await expect(page.getByLabel('Engines & Sons: switch organization')).toBeVisible();
  await expect(page.getByLabel('Address', { exact: true })).toHaveValue('12 St James’s Square\nLondon');

  await page.getByLabel('Name of the organization').fill('Engines');
  await page.getByRole('button', { name: 'Archive organization' }).click();
  await expect(page.locator('#confirm-error')).toHaveText('Type Engines & Sons to confirm.');
  await page.getByLabel('Name of the organization').fill('Engines & Sons');
  await page.getByRole('button', { name: 'Archive organization' }).click();
  await expectToast(page, 'The organization is archived.');
  // The page is loaded anew.
  await expect(page.getByRole('button', { name: 'Restore organization' })).toBeVisible();
  await goto(page, ORG.users);
  await expect(page.getByText('This organization is archived')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Add new user' })).toHaveCount(0);
  await goto(page, general);
  await page.getByRole('button', { name: 'Restore organization' }).click();
  await expectToast(page, 'The organization is open again.');
  await goto(page, ORG.users);
  await expect(page.getByRole('link', { name: 'Add new user' }).first()).toBeVisible();
});

test.describe('with scripts', () => {
  test.beforeEach(({ js }) => test.skip(!js, 'axe and the list of the menu are scripts'));

  test('the menu lists one’s organizations and leads to them', async ({ page }) => {
    await foundShop(page);
    await page.getByLabel(`${SHOP.name}: switch organization`).click();
    const there = page.getByRole('link', { name: new RegExp(`^${ORG.name}`) });
    await expect(page.getByRole('link', { name: new RegExp(`^${SHOP.name}`) })).toHaveAttribute('aria-current', 'true');
    await there.click();
    await arrive(page, ORG.users);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('invite external');
    await page.keyboard.press('Enter');
    await expect(dialog(page, 'Invite external users')).toBeVisible();
  });

  test('the palette leads to the details of an archived organization too', async ({ page }) => {
    await goto(page, `/o/${ORG.slug}/settings/general`);
    await page.getByLabel('Name of the organization').fill(ORG.name);
    await page.getByRole('button', { name: 'Archive organization' }).click();
    await expectToast(page, 'The organization is archived.');
    // The page is loaded anew.
    await expect(page.getByRole('button', { name: 'Restore organization' })).toBeVisible();
    await goto(page, ORG.users);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('settings general');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Restore organization' })).toBeVisible();
  });

  test('axe finds nothing on the pages of organizations', async ({ page, server, owner, visitor }) => {
    await join(server, owner.session, GRACE);
    const grace = await visitor(await proven(server, GRACE.email));
    await foundShop(page);
    await page.getByLabel(`${SHOP.name}: switch organization`).click();
    await expect(page.getByRole('link', { name: new RegExp(`^${ORG.name}`) })).toBeVisible();
    await expectAccessible(page, '.nav');
    await goto(page, `${SHOP.users}?tab=external&dialog=external`);
    await expect(dialog(page, 'Invite external users')).toBeVisible();
    await expectAccessible(page);
    await page.setViewportSize({ width: 1280, height: 800 });
    await inviteExternal(page, GRACE.email, 'Admin');
    await goto(grace, '/orgs');
    await expectAccessible(grace);
    await grace.getByRole('button', { name: /^Accept the invitation/ }).click();
    await arrive(grace, new RegExp(SHOP.slug));
    await goto(grace, SHOP.users);
    await expect(grace.getByText(WHY)).toBeVisible();
    await expectAccessible(grace);
    for (const path of ['/orgs', '/orgs/new', `/o/${SHOP.slug}/settings/general`, `/o/${SHOP.slug}/roles`, `/o/${ORG.slug}/guests`, `${SHOP.users}?tab=external`]) {
      await goto(page, path);
      await alive(page);
      await expectAccessible(page);
    }
  });
});
