// Everything by keyboard alone: the order of stops, a focus that is seen, and one that is never lost.
import { choice, expectToast, openMenu, row } from '../support/people.ts';
import { ADA, expect, goto, invite, join, type Locator, ORG, type Page, test } from '../support/test.ts';

const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example' };

/** What has the focus, as its label or text. */
const stop = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
  });

/** Whether the browser draws an outline around what has the focus. */
const outlined = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const style = document.activeElement ? getComputedStyle(document.activeElement) : undefined;
    return style !== undefined && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  });

/** Whether the focus is inside. */
const within = (locator: Locator): Promise<boolean> => locator.evaluate((element) => element.contains(document.activeElement));

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('Tab goes through the people in the order in which they are read, and each stop is seen', async ({ page, server, owner, js }) => {
      await join(server, owner.session, GRACE);
      await goto(page, `${ORG.users}?sort=-name`);
      const stops: string[] = [];
      const unseen: string[] = [];
      while (stops.length < 45 && stops.at(-1) !== `Actions for ${GRACE.name}`) {
        await page.keyboard.press('Tab');
        stops.push(await stop(page));
        if (!(await outlined(page))) unseen.push(stops.at(-1)!);
      }
      expect(stops).toEqual([
        'Skip to content',
        `${ORG.name}: switch organization`,
        ...(js ? ['Search or jump to…CtrlK'] : []),
        'People',
        'Bulk changes',
        'Groups',
        'Roles',
        'Attributes',
        'Connections',
        'General',
        'Policies',
        'Ownership',
        'Domains',
        'Mail',
        `Profile of ${ADA.name}`,
        'Invite',
        'Add new user',
        'More ways to add people',
        'Search people by name or email',
        ...(js ? [] : ['Search']),
        'Filter by role',
        'Filter by status',
        'Filter by last login',
        'Filter by source',
        'Export',
        'Views',
        'View',
        'Standard2',
        'Embed0',
        'Email-only0',
        'Support0',
        'External0',
        'Invitations0',
        'Expired invitations0',
        'Invitation requests0',
        ...(js ? ['Select everybody on this page'] : []),
        'Full name',
        'Role',
        'Status',
        'Last login',
        `Select ${GRACE.name}`,
        GRACE.name,
        `Active account of ${GRACE.name}`,
        `Manage ${GRACE.name}`,
        `Actions for ${GRACE.name}`,
      ]);
      expect(unseen, 'stops without an outline').toEqual([]);
    });
  });
}

test('the first stop skips to the content', async ({ page }) => {
  await goto(page, ORG.users);
  const skip = page.getByRole('link', { name: 'Skip to content' });
  await expect(skip).not.toBeInViewport();
  await page.keyboard.press('Tab');
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport({ ratio: 1 });
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Invite', exact: true })).toBeFocused();
});

for (const [opener, title, first] of [
  ['Add new user', 'Invite user to team', 'First name'],
  ['Invite', 'Invite people', 'Email addresses'],
] as const) {
  test(`“${opener}” takes the focus, keeps it, and gives it back after Escape`, async ({ page, js }) => {
    await goto(page, `${ORG.users}?sort=-name`);
    const link = page.getByRole('link', { name: opener, exact: true });
    await link.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: title });
    await expect(dialog.getByLabel(first)).toBeFocused();
    if (!js) return;

    // Round and round: between the last and the first stop the browser's own controls have the focus.
    for (let n = 0; n < 12; n += 1) {
      await page.keyboard.press('Tab');
      expect((await within(dialog)) || (await page.evaluate(() => document.activeElement === document.body))).toBe(true);
    }
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(page).toHaveURL(`${ORG.users}?sort=-name`);
    await expect(link).toBeFocused();
  });
}

test('Tab goes through a dialog from its first field to its last button, then to what closes it', async ({ page, js }) => {
  await goto(page, `${ORG.users}?dialog=add`);
  await expect(page.getByLabel('First name')).toBeFocused();
  const stops: string[] = [];
  while (stops.length < 6) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => document.activeElement?.getAttribute('name') ?? document.activeElement?.textContent ?? '');
    // A day is several stops: its parts, and what opens the calendar.
    if (stop !== stops.at(-1)) stops.push(stop);
  }
  expect(stops).toEqual(['last_name', 'email', 'admin', 'access_until', 'Cancel', 'Invite user']);
  if (!js) return;
  while ((await stop(page)) !== 'Close') {
    await page.keyboard.press('Tab');
    expect(stops.push(await stop(page)), `round and round: ${stops}`).toBeLessThan(10);
  }
});

test('a menu of filters opens by Enter, leads on by Tab, and closes by Escape and gives the focus back', async ({ page, js }) => {
  await goto(page, ORG.users);
  const menu = page.getByLabel('Filter by role', { exact: true });
  const owner = page.getByRole('link', { name: 'Owner', exact: true });
  await menu.focus();
  await page.keyboard.press('Tab');
  expect(await stop(page), 'a closed menu is one stop').toBe('Filter by status');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(owner).toBeVisible();
  const stops: string[] = [];
  for (let n = 0; n < 6; n += 1) {
    await page.keyboard.press('Tab');
    stops.push(await stop(page));
  }
  expect(stops).toEqual(['Owner', 'Admin', 'Member', 'Viewer', 'Partner', 'Filter by status']);
  await page.keyboard.press('Shift+Tab');
  if (js) await page.keyboard.press('Escape');
  else {
    await menu.focus();
    await page.keyboard.press('Enter');
  }
  await expect(owner).toBeHidden();
  await expect(menu).toBeFocused();
});

test('a dialog that Back closes is opened again by Forward', async ({ page }) => {
  await goto(page, ORG.users);
  await page.getByRole('link', { name: 'Add new user' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite user to team' });
  await expect(dialog).toBeVisible();
  await page.goBack();
  await expect(dialog).toBeHidden();
  await page.goForward();
  await expect(dialog).toBeVisible();
});

test.describe('with scripts', () => {
  test.beforeEach(({ js }) => test.skip(!js, 'Escape and the place of the focus are the matter of scripts'));

  for (const name of ['Edit user', 'Revoke invitation'] as const) {
    test(`“${name}” from the menu of a row gives the focus back to that menu after Escape`, async ({ page, server, owner }) => {
      await invite(server, owner.session, GRACE);
      await goto(page, ORG.users);
      const menu = row(page, GRACE.email).getByLabel(/^Actions for /);
      await menu.focus();
      await page.keyboard.press('Enter');
      await choice(row(page, GRACE.email), name).focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name });
      await expect(dialog).toBeVisible();
      await expect.poll(() => within(dialog)).toBe(true);
      await page.keyboard.press('Escape');
      await expect(dialog).toBeHidden();
      await expect(menu).toBeFocused();
    });
  }

  test('a change in a dialog gives the focus back to what opened it', async ({ page, server, owner }) => {
    await invite(server, owner.session, GRACE);
    await goto(page, ORG.users);
    await openMenu(row(page, GRACE.email));
    await choice(row(page, GRACE.email), 'Edit user').click();
    await page.getByLabel('First name').fill('Amazing Grace');
    await page.keyboard.press('Enter');
    await expectToast(page, 'Amazing Grace Hopper has been updated.');
    await expect(row(page, GRACE.email).getByLabel('Actions for Amazing Grace Hopper')).toBeFocused();
  });

  test('a menu closes by Escape and by a click elsewhere, and one is open at a time', async ({ page, server, owner }) => {
    await join(server, owner.session, GRACE);
    await goto(page, ORG.users);
    const [ada, grace] = [row(page, ADA.email), row(page, GRACE.email)];
    const menu = grace.getByLabel(/^Actions for /);
    await menu.focus();
    await page.keyboard.press('Enter');
    await expect(choice(grace, 'Open profile')).toBeVisible();
    await page.keyboard.press('Tab');
    await expect(choice(grace, 'Open profile')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(choice(grace, 'Open profile')).toBeHidden();
    await expect(menu).toBeFocused();

    await menu.click();
    await expect(choice(grace, 'Open profile')).toBeVisible();
    await openMenu(ada);
    await expect(choice(ada, 'Open profile')).toBeVisible();
    await expect(choice(grace, 'Open profile')).toBeHidden();
    await page.getByRole('heading', { level: 1 }).click();
    await expect(choice(ada, 'Open profile')).toBeHidden();
  });

  test('a menu of a row lies in the order of Tab behind its button, and is left by Tab for the next row', async ({ page, server, owner }) => {
    await invite(server, owner.session, GRACE);
    await goto(page, `${ORG.users}?sort=-name`);
    await row(page, GRACE.email).getByLabel(/^Actions for /).focus();
    await page.keyboard.press('Enter');
    const stops: string[] = [];
    while (stops.length < 12 && stops.at(-1) !== `Select ${ADA.name}`) {
      await page.keyboard.press('Tab');
      stops.push(await stop(page));
    }
    expect(stops).toEqual([
      'Open profile',
      'Edit user',
      'Time limits',
      'Resend invitation',
      'Assign admin role',
      'Revoke invitation',
      'Delete user',
      `Select ${ADA.name}`,
    ]);
  });

  test('turning a switch keeps the focus on it and is announced', async ({ page, server, owner }) => {
    await join(server, owner.session, GRACE);
    await goto(page, ORG.users);
    const toggle = row(page, GRACE.email).getByRole('switch');
    await toggle.focus();
    await page.keyboard.press('Space');
    await expect(toggle).not.toBeChecked();
    await expect(page.getByRole('status').filter({ hasText: 'User has been successfully deactivated.' })).toBeVisible();
    await expect(toggle).toBeFocused();
    await page.keyboard.press('Space');
    await expect(toggle).toBeChecked();
    await expect(toggle).toBeFocused();
  });

  test('a search says how many there are, in a live region that stays', async ({ page, server, owner }) => {
    await join(server, owner.session, GRACE);
    await goto(page, ORG.users);
    const region = await page.getByRole('status').filter({ hasText: '1–2 of 2' }).elementHandle();
    await page.getByRole('searchbox').fill('grace');
    await expect(row(page, ADA.email)).toHaveCount(0);
    await expect(page.getByRole('status').filter({ hasText: '1–1 of 1' })).toBeAttached();
    // A new element would not be read out.
    expect(await region?.evaluate((element) => element.isConnected && element.textContent)).toBe('1–1 of 1');
  });
});
