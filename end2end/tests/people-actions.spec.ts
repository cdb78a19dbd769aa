// What can be done to a person from their row (B13–B15, B24, B30–B34).
import { active, choice, emailIn, expectRefused, expectToast, linkIn, mail, openMenu, row } from '../support/people.ts';
import { ADA, expect, goto, join, type Locator, ORG, type Page, reload, test } from '../support/test.ts';

test.use({ holds: 'people' });

async function invited(page: Page): Promise<{ row: Locator; email: string }> {
  const email = await emailIn(page.locator('tbody tr').first());
  return { row: row(page, email), email };
}

/** What the open menu of a row offers, without the reasons beside what is barred. */
const offers = (row: Locator): Promise<string[]> =>
  row.locator('.menu-item').evaluateAll((all) => all.map((item) => (item.querySelector('span')?.firstChild ?? item).textContent?.trim() ?? ''));

test('the menu of a row holds what fits that person', async ({ page }) => {
  await goto(page, ORG.users);
  const member = await active(page, 'Member');
  await openMenu(member.row);
  await expect(choice(member.row, 'Open profile')).toBeVisible();
  expect(await offers(member.row)).toEqual([
    'Open profile',
    'Edit user',
    'Time limits',
    'Assign admin role',
    'Deactivate user',
    'Revoke membership',
  ]);

  await goto(page, `${ORG.users}?tab=invitations`);
  const waiting = await invited(page);
  await openMenu(waiting.row);
  await expect(choice(waiting.row, 'Open profile')).toBeVisible();
  expect(await offers(waiting.row)).toEqual([
    'Open profile',
    'Edit user',
    'Time limits',
    'Resend invitation',
    'Assign admin role',
    'Revoke invitation',
    'Delete user',
  ]);
});

test('the switch deactivates and activates', { tag: '@function' }, async ({ page }) => {
  await goto(page, ORG.users);
  const member = await active(page, 'Member');
  const toggle = member.row.getByRole('switch', { name: `Active account of ${member.name}` });

  await toggle.click();
  await expectToast(page, 'User has been successfully deactivated.');
  await expect(member.row.getByRole('cell', { name: 'Deactivated', exact: true })).toBeVisible();
  await expect(toggle).toHaveAttribute('aria-checked', 'false');
  await reload(page);
  await expect(toggle).toHaveAttribute('aria-checked', 'false');

  await toggle.click();
  await expectToast(page, 'User has been successfully activated.');
  await expect(member.row.getByRole('cell', { name: 'Active', exact: true })).toBeVisible();
  await expect(toggle).toHaveAttribute('aria-checked', 'true');
});

test('the menu deactivates and activates as well', async ({ page }) => {
  await goto(page, ORG.users);
  const member = await active(page, 'Member');
  await openMenu(member.row);
  await choice(member.row, 'Deactivate user').click();
  await expectToast(page, 'User has been successfully deactivated.');
  await expect(member.row.getByRole('switch')).toHaveAttribute('aria-checked', 'false');
  await openMenu(member.row);
  await expect(choice(member.row, 'Deactivate user')).toHaveCount(0);
  await choice(member.row, 'Activate user').click();
  await expectToast(page, 'User has been successfully activated.');
  await expect(member.row.getByRole('switch')).toHaveAttribute('aria-checked', 'true');
});

test('what was done is undone from its toast, and the very role comes back', async ({ page, js }) => {
  test.skip(!js, 'a toast with a button is the matter of scripts');
  await goto(page, ORG.users);
  const member = await active(page, 'Member');
  const undo = page.locator('.toasts').getByRole('button', { name: 'Undo' });
  await member.row.getByRole('switch').click();
  await expectToast(page, 'User has been successfully deactivated.');
  await undo.click();
  await expectToast(page, 'User has been successfully activated.');
  await expect(member.row.getByRole('switch')).toBeChecked();

  const viewer = page
    .getByRole('row')
    .filter({ has: page.getByRole('cell', { name: 'Viewer', exact: true }) })
    .first();
  const same = row(page, await emailIn(viewer));
  await openMenu(same);
  await choice(same, 'Assign admin role').click();
  await expect(same.getByRole('cell', { name: 'Admin', exact: true })).toBeVisible();
  await expectToast(page, /is an admin now\.$/);
  await undo.last().click();
  await expectToast(page, /has the role Viewer now\.$/);
  await reload(page);
  await expect(same.getByRole('cell', { name: 'Viewer', exact: true })).toBeVisible();
});

test('a row shows a change at once and takes it back when the server refuses', async ({ page, js, complaints }) => {
  test.skip(!js, 'without scripts the server answers first');
  await goto(page, ORG.users);
  const member = await active(page, 'Member');
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/api/people/act', async (route) => {
    await held;
    await route.abort();
  });
  await member.row.getByRole('switch').click();
  await expect(member.row.getByRole('cell', { name: 'Deactivated', exact: true })).toBeVisible();
  release();
  await expect(member.row.getByRole('cell', { name: 'Active', exact: true })).toBeVisible();
  await expectToast(page, /cannot be reached/);
  await expect(member.row.getByRole('switch')).toBeChecked();
  complaints.length = 0;
});

test('what is done on a page leaves its search, order and place as they are', async ({ page }) => {
  await goto(page, `${ORG.users}?q=a&sort=-name`);
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(page).toHaveURL(/page=2/);
  const url = page.url();
  const member = await active(page, 'Member');
  await member.row.getByRole('switch').click();
  await expect(member.row.getByRole('cell', { name: 'Deactivated', exact: true })).toBeVisible();
  expect(page.url()).toBe(url);
});

test('the admin role is assigned and revoked', { tag: '@function' }, async ({ page }) => {
  await goto(page, ORG.users);
  const member = await active(page, 'Member');
  await openMenu(member.row);
  await choice(member.row, 'Assign admin role').click();
  await expectToast(page, `${member.name} is an admin now.`);
  await expect(member.row.getByRole('cell', { name: 'Admin', exact: true })).toBeVisible();

  await openMenu(member.row);
  await expect(choice(member.row, 'Assign admin role')).toHaveCount(0);
  await choice(member.row, 'Revoke admin role').click();
  await expectToast(page, `${member.name} is no longer an admin.`);
  await expect(member.row.getByRole('cell', { name: 'Member', exact: true })).toBeVisible();
});

test.describe('“Edit user”', () => {
  test('changes names and the admin role', async ({ page }) => {
    await goto(page, ORG.users);
    const member = await active(page, 'Member');
    await openMenu(member.row);
    await choice(member.row, 'Edit user').click();
    const dialog = page.getByRole('dialog', { name: 'Edit user' });
    await expect(dialog.getByLabel('Email')).toHaveValue(member.email);
    await expect(dialog.getByLabel('Email')).not.toBeEditable();
    await dialog.getByLabel('First name').fill('Émilie');
    await dialog.getByLabel('Last name').fill('du Châtelet');
    await dialog.getByRole('checkbox', { name: /^Admin/ }).check();
    await dialog.getByRole('button', { name: 'Update user' }).click();
    await expectToast(page, 'Émilie du Châtelet has been updated.');
    await expect(dialog).toBeHidden();
    await expect(page).toHaveURL(ORG.users);

    await goto(page, `${ORG.users}?q=chatelet`);
    await expect(member.row).toContainText('Émilie du Châtelet');
    await expect(member.row.getByRole('cell', { name: 'Admin', exact: true })).toBeVisible();
  });

  test('says beside the field what is wrong and keeps what was typed', async ({ page }) => {
    await goto(page, `${ORG.users}?tab=invitations`);
    const waiting = await invited(page);
    await openMenu(waiting.row);
    await choice(waiting.row, 'Edit user').click();
    const dialog = page.getByRole('dialog', { name: 'Edit user' });
    await dialog.getByLabel('First name').fill(' ');
    await dialog.getByLabel('Last name').fill('Hopper');
    await dialog.getByRole('button', { name: 'Update user' }).click();
    await expectRefused(dialog.getByLabel('First name'), /Enter a name\./);
    await expect(dialog.getByLabel('Last name')).toHaveValue('Hopper');

    await dialog.getByLabel('First name').fill('Grace');
    await dialog.getByLabel('Email').fill(ADA.email);
    await dialog.getByRole('button', { name: 'Update user' }).click();
    await expectRefused(dialog.getByLabel('Email'), /This user already exists in the organization\./);
    await expect(dialog.getByLabel('First name')).not.toHaveAttribute('aria-invalid', 'true');
    await expect(dialog.getByLabel('First name')).toHaveValue('Grace');
  });

  test('sends a new invitation when the address of somebody invited changes', async ({ page, server }) => {
    await goto(page, `${ORG.users}?tab=invitations`);
    const waiting = await invited(page);
    await openMenu(waiting.row);
    await choice(waiting.row, 'Edit user').click();
    const dialog = page.getByRole('dialog', { name: 'Edit user' });
    await dialog.getByLabel('First name').fill('Grace');
    await dialog.getByLabel('Last name').fill('Hopper');
    await dialog.getByLabel('Email').fill('grace@navy.example');
    await dialog.getByRole('button', { name: 'Update user' }).click();
    await expectToast(page, 'Grace Hopper has been updated.');
    await expect(row(page, 'grace@navy.example')).toContainText('Invited');
    await expect(waiting.row).toHaveCount(0);
    linkIn(await mail(server, 'grace@navy.example'));
  });

  test('is left without a change by “Cancel”', async ({ page }) => {
    await goto(page, ORG.users);
    const member = await active(page, 'Member');
    await openMenu(member.row);
    await choice(member.row, 'Edit user').click();
    const dialog = page.getByRole('dialog', { name: 'Edit user' });
    await dialog.getByLabel('First name').fill('Nobody');
    await dialog.getByRole('link', { name: 'Cancel' }).click();
    await expect(dialog).toBeHidden();
    await expect(page).toHaveURL(ORG.users);
    await expect(member.row).toContainText(member.name);
  });
});

test('an invitation is sent again from the menu', { tag: '@function' }, async ({ page, server }) => {
  await goto(page, `${ORG.users}?tab=invitations`);
  const waiting = await invited(page);
  await openMenu(waiting.row);
  await choice(waiting.row, 'Resend invitation').click();
  await expectToast(page, `A new invitation is on its way to ${waiting.email}.`);
  linkIn(await mail(server, waiting.email));
  await expect(waiting.row.locator('.badge')).toHaveText('Invited');
});

test('an expired invitation is sent again from there, and is open once more', async ({ page, server }) => {
  await goto(page, `${ORG.users}?tab=expired`);
  const late = await invited(page);
  await openMenu(late.row);
  await choice(late.row, 'Resend invitation').click();
  await expectToast(page, `A new invitation is on its way to ${late.email}.`);
  linkIn(await mail(server, late.email));
  await expect(late.row).toHaveCount(0);
  await goto(page, `${ORG.users}?tab=invitations&q=${late.email}`);
  await expect(late.row.locator('.badge')).toHaveText('Invited');
});

test('an invitation is revoked after a question', async ({ page }) => {
  await goto(page, `${ORG.users}?tab=invitations`);
  const before = await page.locator('tbody tr').count();
  const waiting = await invited(page);
  const dialog = page.getByRole('dialog', { name: 'Revoke invitation' });

  await openMenu(waiting.row);
  await choice(waiting.row, 'Revoke invitation').click();
  await dialog.getByRole('link', { name: 'Cancel' }).click();
  await expect(dialog).toBeHidden();
  await expect(waiting.row).toBeVisible();

  await openMenu(waiting.row);
  await choice(waiting.row, 'Revoke invitation').click();
  await dialog.getByRole('button', { name: 'Revoke invitation' }).click();
  await expectToast(page, `The invitation of ${waiting.email} has been revoked.`);
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('link', { name: /^Invitations/ })).toContainText(String(before - 1));
  await goto(page, `${ORG.users}?q=${waiting.email}`);
  await expect(page.getByRole('heading', { name: 'No match' })).toBeVisible();
});

test('“Manage” shows when a row is pointed at or has the focus, and opens the profile', async ({ page }) => {
  await goto(page, ORG.users);
  const member = await active(page, 'Member');
  const manage = member.row.getByRole('link', { name: `Manage ${member.name}` });
  await expect(manage).toHaveCSS('opacity', '0');
  await member.row.hover();
  await expect(manage).toHaveCSS('opacity', '1');
  await page.getByRole('heading', { level: 1 }).hover();
  await expect(manage).toHaveCSS('opacity', '0');
  await member.row.getByRole('link', { name: member.name, exact: true }).focus();
  await expect(manage).toHaveCSS('opacity', '1');
  await manage.focus();
  await expect(manage).toHaveCSS('opacity', '1');
  await manage.click();
  await expect(page).toHaveURL(/\/users\/mem_\w+$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(member.name);
});

test.describe('on a touch screen', () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 1024, height: 768 } });

  test('“Manage” is always there', async ({ page }) => {
    await goto(page, ORG.users);
    const member = await active(page, 'Member');
    await expect(member.row.getByRole('link', { name: `Manage ${member.name}` })).toHaveCSS('opacity', '1');
  });
});

test.describe('guards show before the click', () => {
  test('nobody switches themselves off or takes their own role', async ({ page }) => {
    await goto(page, `${ORG.users}?q=${ADA.email}`);
    const ada = row(page, ADA.email);
    await expect(ada.getByRole('switch')).toBeDisabled();
    await expect(ada.getByRole('switch')).toHaveAttribute('aria-checked', 'true');
    await expect(ada.getByRole('switch')).toHaveAccessibleDescription('You cannot do this to yourself.');
    await openMenu(ada);
    const off = ada.getByRole('button', { name: /^Deactivate user/ });
    await expect(off).toBeDisabled();
    await expect(off).toContainText('You cannot do this to yourself.');
    await expect(ada.getByRole('button', { name: /^Assign admin role/ })).toBeDisabled();
  });

  test('nothing is offered that makes no sense for who is active', async ({ page }) => {
    await goto(page, `${ORG.users}?q=${ADA.email}`);
    const ada = row(page, ADA.email);
    await openMenu(ada);
    await expect(choice(ada, 'Open profile')).toBeVisible();
    expect(await offers(ada)).toEqual(['Open profile', 'Edit user', 'Assign admin role', 'Deactivate user']);
  });

  test('an admin cannot touch the Owner, and is told why', async ({ server, owner, visitor }) => {
    const grace = await join(server, owner.session, { first: 'Grace', last: 'Hopper', email: 'grace@navy.example', admin: true });
    const page = await visitor(grace.session);
    await goto(page, `${ORG.users}?q=${ADA.email}`);
    const ada = row(page, ADA.email);
    await expect(ada.getByRole('switch')).toBeDisabled();
    await expect(ada.getByRole('switch')).toHaveAccessibleDescription(/^The Owner’s access|^The Owner's access/);
    await openMenu(ada);
    await expect(ada.getByRole('button', { name: /^Deactivate user/ })).toBeDisabled();
    await expect(ada.getByRole('link', { name: 'Edit user' })).toHaveCount(0);
  });

  test('what the page did not know is refused in words', async ({ page, server, owner }) => {
    await goto(page, `${ORG.users}?tab=invitations`);
    const waiting = await invited(page);
    const href = await waiting.row.getByRole('link').first().getAttribute('href');
    await openMenu(waiting.row);
    // Somebody else is faster.
    const id = href?.split('/').at(-1) ?? '';
    expect((await server.call('invitations/revoke', { org: ORG.slug, id }, owner.session)).status).toBe(200);
    await choice(waiting.row, 'Resend invitation').click();
    await expect(page.getByText('We could not find this page.').or(page.getByText('We could not find this person.')).first()).toBeVisible();
  });
});
