// From the address that is typed in to the person who is in (B17–B24).
import { accept, choice, enter, expectRefused, expectToast, linkIn, logOut, mail, openMenu, row, signIn } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import {
  ADA,
  arrive,
  expect,
  goto,
  invite,
  join,
  ORG,
  OTHER_PASSWORD,
  type Page,
  PASSWORD,
  reload,
  test,
} from '../support/test.ts';

const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example' };
const ALAN = { first: 'Alan', last: 'Turing', name: 'Alan Turing', email: 'alan@bletchley.example' };

/** The line that says what became of an address. */
const result = (page: Page, entry: string) => page.getByRole('listitem').filter({ has: page.getByText(entry, { exact: true }) });

async function inviteMany(page: Page, entries: string): Promise<void> {
  await goto(page, ORG.users);
  await page.getByRole('link', { name: 'Invite', exact: true }).click();
  await page.getByLabel('Email addresses').fill(entries);
  await page.getByRole('button', { name: 'Send invitations' }).click();
}

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  test.describe(`on ${engine}`, () => {
    test.use({ engine, holds: 'nothing' });

    test('from the first visit to a colleague who has accepted', { tag: '@function' }, async ({ page, server, visitor }) => {
      // Set up, and sign in once more.
      await goto(page, '/');
      await page.getByLabel('Organization', { exact: true }).fill(ORG.name);
      await page.getByLabel('First name').fill(ADA.first);
      await page.getByLabel('Last name').fill(ADA.last);
      await page.getByLabel('Email').fill(ADA.email);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Create organization' }).click();
      await arrive(page, ORG.users);
      await goto(page, ORG.users);
      await logOut(page);
      await signIn(page, ADA.email, PASSWORD, ORG.users);

      // Invite two, one of whom is a member already.
      await page.getByRole('link', { name: 'Invite', exact: true }).click();
      const dialog = page.getByRole('dialog', { name: 'Invite people' });
      await dialog.getByLabel('Email addresses').fill(`${GRACE.email}, ${ADA.email}`);
      await dialog.getByRole('button', { name: 'Send invitations' }).click();
      await expect(result(page, ADA.email)).toContainText('This user already exists in the organization.');
      await expect(result(page, GRACE.email)).toContainText('Invitation sent.');
      await expect(dialog.getByText('1 of 2 invitations')).toBeVisible();
      await dialog.getByRole('link', { name: 'Done' }).click();
      await expect(dialog).toBeHidden();
      await expect(page).toHaveURL(ORG.users);
      await expect(row(page, GRACE.email)).toContainText('Invited');
      await expect(row(page, GRACE.email).getByRole('switch')).toHaveCount(0);
      await expect(page.getByRole('link', { name: /^Standard/ })).toContainText('2');
      await expect(page.getByRole('link', { name: /^Invitations/ })).toContainText('1');

      // The link of the mail, in a browser that nobody has used.
      const link = linkIn(await mail(server, GRACE.email));
      expect(await server.mailTo(ADA.email)).toEqual([]);
      const grace = await visitor();
      await goto(grace, link);
      await expect(grace.getByRole('heading', { level: 1 })).toHaveText(`Join ${ORG.name}`);
      await expect(grace.getByText('Ada Lovelace invites you as Member. The invitation ends in 6 days.')).toBeVisible();
      await expect(grace.getByLabel('Email')).toHaveValue(GRACE.email);
      await accept(grace, link, OTHER_PASSWORD, [GRACE.first, GRACE.last]);

      // A Member has no team settings (B51): a clear refusal, and not an empty page (B8).
      await arrive(grace, ORG.users);
      await expect(grace.getByRole('heading', { name: 'You do not have access' })).toBeVisible();
      await expect(grace.getByRole('table')).toHaveCount(0);
      await expect(grace.getByLabel('Profile of Grace Hopper')).toBeVisible();

      // The owner sees both, active.
      await reload(page);
      for (const person of [ADA, GRACE]) {
        await expect(row(page, person.email)).toContainText(person.name);
        await expect(row(page, person.email).getByText('Active', { exact: true })).toBeVisible();
        await expect(row(page, person.email).getByRole('switch')).toHaveAttribute('aria-checked', 'true');
      }
      await expect(row(page, GRACE.email)).toContainText('Member');
      await expect(page.getByRole('link', { name: /^Invitations/ })).toContainText('0');

      // And the chosen password is good for the next time.
      const again = await visitor();
      await goto(again, '/login');
      await signIn(again, GRACE.email, OTHER_PASSWORD, ORG.users);
      await expect(again.getByRole('heading', { name: 'You do not have access' })).toBeVisible();
    });
  });
}

test('a batch says of each entry what became of it', { tag: '@function' }, async ({ page, server, owner }) => {
  await invite(server, owner.session, { first: 'Mary', email: 'mary@somerville.example' });
  await inviteMany(page, `nobody, Alan Turing <${ALAN.email}>; ${ALAN.email.toUpperCase()} ${ADA.email}\nmary@somerville.example`);
  await expect(result(page, 'nobody')).toContainText('This is not a valid email address.');
  await expect(result(page, ADA.email)).toContainText('This user already exists in the organization.');
  await expect(result(page, 'mary@somerville.example')).toContainText('Already invited.');
  // Twice in the field, once on the list.
  await expect(result(page, ALAN.email)).toHaveCount(1);
  await expect(result(page, ALAN.email)).toContainText('Invitation sent.');
  await expect(page.getByRole('dialog').getByRole('listitem')).toHaveCount(4);
  await page.getByRole('link', { name: 'Done' }).click();
  await expect(row(page, ALAN.email)).toContainText(ALAN.name);
  await mail(server, ALAN.email);
  expect(await server.mailTo(ALAN.email)).toHaveLength(1);
});

test('a batch of nothing but nonsense sends nothing', async ({ page }) => {
  await inviteMany(page, 'x');
  await expect(page.getByRole('dialog')).toContainText('No invitation was sent.');
  await page.getByRole('link', { name: 'Done' }).click();
  await expect(page.getByRole('link', { name: /^Invitations/ })).toContainText('0');
});

test('an empty batch says so beside the field', async ({ page }) => {
  await inviteMany(page, ' , ;\n');
  await expectRefused(page.getByLabel('Email addresses'), /Enter at least one email address\./);
  await expect(page.getByRole('dialog', { name: 'Invite people' })).toBeVisible();
});

test('each address is judged before anything is sent', async ({ page, server, js }) => {
  await goto(page, `${ORG.users}?dialog=invite`);
  const dialog = page.getByRole('dialog', { name: 'Invite people' });
  const field = dialog.getByLabel('Email addresses');
  await field.fill(`Grace Hopper <${GRACE.email}>, ${GRACE.email}; nonsense\n${ADA.email}`);
  await dialog.getByLabel('Role', { exact: true }).selectOption('Viewer');
  if (!js) await dialog.getByRole('button', { name: 'Check first' }).click();
  await expect(dialog.getByRole('status').first()).toHaveText('1 of 3 invitations go out. 1 repeated address counts once.');
  const told = dialog.getByRole('list', { name: 'What becomes of each address' });
  await expect(told.getByRole('listitem')).toHaveText([/nonsense\s*not an address/, new RegExp(`${ADA.email}\\s*a member already`), new RegExp(`^${GRACE.email}`)]);
  await expect(field, 'what was entered stays').toHaveValue(new RegExp(`^Grace Hopper <${GRACE.email}>`));
  await expect(dialog.getByLabel('Role', { exact: true })).toHaveValue('viewer');
  if (js) {
    await expectAccessible(page);
    await expect(dialog.getByRole('button', { name: 'Check first' })).toHaveCount(0);
    await told.getByRole('button', { name: 'Remove nonsense' }).click();
    await expect(field).toBeFocused();
    await expect(field).toHaveValue(`Grace Hopper <${GRACE.email}>,\n${GRACE.email},\n${ADA.email}`);
    await expect(dialog.getByRole('status').first()).toHaveText('1 of 2 invitations go out. 1 repeated address counts once.');
  }
  expect(await server.mailTo(GRACE.email), 'nothing was sent').toEqual([]);
  // Enter in a field sends it; where no script runs it checks once more.
  if (js) await dialog.getByLabel('Last day of access').press('Enter');
  else await dialog.getByRole('button', { name: 'Send invitations' }).click();
  await expect(dialog).toContainText(`1 of ${js ? 2 : 3} invitations are on their way.`);
  await dialog.getByRole('link', { name: 'Done' }).click();
  await expect(row(page, GRACE.email)).toContainText('Viewer');
});

test('the seats that are left are told before anything is sent', async ({ page, server, owner, js }) => {
  const policies = { onboarding: 'link', ttl: '7', ttl_unit: 'days', default_role: 'member', status_words: 'deactivated', max_owners: '1', delete_scope: 'unaccepted', email_reuse: 'never' };
  await server.call('policies/save', { org: ORG.slug, version: '0', ...policies, seats: '2', email_domains: 'navy.example' }, owner.session);
  await goto(page, `${ORG.users}?dialog=invite`);
  const dialog = page.getByRole('dialog', { name: 'Invite people' });
  if (js) await expect(dialog.getByRole('status').first()).toHaveText('1 seat is left.');
  await dialog.getByLabel('Email addresses').fill(`${GRACE.email} two@navy.example ${ALAN.email}`);
  if (!js) await dialog.getByRole('button', { name: 'Check first' }).click();
  await expect(dialog.getByRole('status').first()).toHaveText('1 of 3 invitations go out. No seat is left then.');
  const told = dialog.getByRole('list', { name: 'What becomes of each address' });
  await expect(told.getByRole('listitem')).toHaveText([/two@navy.example\s*no seat left/, /other domain/, new RegExp(`^${GRACE.email}`)]);
});

test('everybody of a batch gets the chosen role', async ({ page }) => {
  await goto(page, `${ORG.users}?dialog=invite`);
  await page.getByLabel('Email addresses').fill(`${GRACE.email} ${ALAN.email}`);
  await page.getByLabel('Role', { exact: true }).selectOption('Viewer');
  await page.getByRole('button', { name: 'Send invitations' }).click();
  await expect(page.getByText('2 invitations are on their way.')).toBeVisible();
  await page.getByRole('link', { name: 'Done' }).click();
  for (const person of [GRACE, ALAN]) await expect(row(page, person.email)).toContainText('Viewer');
});

test('“Add new user” invites one person by name, as an admin', async ({ page, server, visitor }) => {
  await goto(page, ORG.users);
  await page.getByRole('link', { name: 'Add new user' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite user to team' });
  await dialog.getByLabel('First name').fill(GRACE.first);
  await dialog.getByLabel('Last name').fill(GRACE.last);
  await dialog.getByLabel('Email').fill(GRACE.email);
  await dialog.getByRole('checkbox', { name: /^Admin/ }).check();
  await dialog.getByRole('button', { name: 'Invite user' }).click();
  await expect(dialog).toContainText('1 invitation is on its way.');
  await dialog.getByRole('link', { name: 'Done' }).click();
  await expect(row(page, GRACE.email)).toContainText(GRACE.name);
  await expect(row(page, GRACE.email)).toContainText('Admin');
  await expect(row(page, GRACE.email)).toContainText('Invited');

  // The name is known on the other side, and an admin sees the people.
  const grace = await visitor();
  const link = linkIn(await mail(server, GRACE.email));
  await goto(grace, link);
  await expect(grace.getByLabel('First name')).toHaveValue(GRACE.first);
  await expect(grace.getByLabel('Last name')).toHaveValue(GRACE.last);
  await accept(grace, link, OTHER_PASSWORD);
  await arrive(grace, ORG.users);
  await expect(row(grace, ADA.email)).toContainText('Owner');
  await expect(row(grace, GRACE.email)).toContainText('Active');
});

test('“Add new user” keeps what was typed beside what is wrong', async ({ page }) => {
  await goto(page, `${ORG.users}?dialog=add`);
  const dialog = page.getByRole('dialog', { name: 'Invite user to team' });
  await dialog.getByRole('button', { name: 'Invite user' }).click();
  await expectRefused(dialog.getByLabel('First name'), /Enter a name\./);
  await expectRefused(dialog.getByLabel('Email'), /Enter an email address\./);

  await dialog.getByLabel('First name').fill('Ada');
  await dialog.getByLabel('Last name').fill('Byron');
  await dialog.getByLabel('Email').fill(ADA.email);
  await dialog.getByRole('checkbox', { name: /^Admin/ }).check();
  await dialog.getByRole('button', { name: 'Invite user' }).click();
  await expectRefused(dialog.getByLabel('Email'), /This user already exists in the organization\./);
  await expect(dialog.getByLabel('First name')).not.toHaveAttribute('aria-invalid', 'true');
  await expect(dialog.getByLabel('First name')).toHaveValue('Ada');
  await expect(dialog.getByLabel('Last name')).toHaveValue('Byron');
  await expect(dialog.getByLabel('Email')).toHaveValue(ADA.email);
  await expect(dialog.getByRole('checkbox', { name: /^Admin/ })).toBeChecked();
});

test('the link is there to copy, once', async ({ page, server, js, context }) => {
  await inviteMany(page, GRACE.email);
  const field = page.getByRole('textbox', { name: `Invitation link for ${GRACE.email}` });
  await expect(field).toHaveValue(linkIn(await mail(server, GRACE.email)));
  if (js) {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy link' }).click();
    await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await field.inputValue());
  } else {
    await expect(page.getByRole('button', { name: 'Copy link' })).toBeHidden();
  }
  const link = await field.inputValue();
  await page.getByRole('link', { name: 'Done' }).click();
  await row(page, GRACE.email).getByRole('link', { name: 'grace', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Invitation', exact: true })).toBeVisible();
  await expect(field).toHaveCount(0);
  expect(await page.content()).not.toContain(link.split('/').at(-1));
});

test.describe('a link', () => {
  test('stays good however often it is opened', async ({ page, server, owner, visitor }) => {
    const { link } = await invite(server, owner.session, GRACE);
    for (const method of ['HEAD', 'GET', 'GET']) expect((await fetch(link, { method })).status).toBe(200);
    // A mail scanner that posts the form it found, without anybody's input.
    const form = { _fn: '/api/invitations/accept_new', token: link.split('/').at(-1)! };
    expect((await fetch(link, { method: 'POST', body: new URLSearchParams(form) })).status).toBe(422);
    const grace = await visitor();
    for (let n = 0; n < 2; n += 1) {
      expect(await goto(grace, link)).toBe(200);
      await expect(grace.getByRole('button', { name: 'Accept invitation' })).toBeVisible();
    }
    await goto(page, ORG.users);
    await expect(row(page, GRACE.email)).toContainText('Invited');
    await accept(grace, link, OTHER_PASSWORD);
    await arrive(grace, ORG.users);
  });

  test('is not used up by a weak password', async ({ server, owner, visitor }) => {
    const { link } = await invite(server, owner.session, GRACE);
    const grace = await visitor();
    await accept(grace, link, 'hopper', ['Grace', 'Brewster']);
    await expectRefused(grace.getByLabel('Choose a password'), /at least 15 characters/);
    await expect(grace.getByLabel('Last name')).toHaveValue('Brewster');
    await grace.getByLabel('Choose a password').fill(OTHER_PASSWORD);
    await grace.getByRole('button', { name: 'Accept invitation' }).click();
    await arrive(grace, ORG.users);
    await expect(grace.getByLabel('Profile of Grace Brewster')).toBeVisible();
  });

  test('for somebody else says whom it is for, and signs out', async ({ page, server, owner }) => {
    const { link } = await invite(server, owner.session, GRACE);
    await goto(page, link);
    await expect(page.getByText(`This invitation is for ${GRACE.email}, and you are signed in as ${ADA.email}.`)).toBeVisible();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await arrive(page, /\/login/);
    await goto(page, link);
    await expect(page.getByRole('button', { name: 'Accept invitation' })).toBeVisible();
  });

  test('that nobody sent says so', async ({ visitor }) => {
    const somebody = await visitor();
    expect(await goto(somebody, `/invite/${'A'.repeat(43)}`)).toBe(404);
    await expect(somebody.getByRole('heading', { level: 1 })).toHaveText('This link does not work');
  });

  test('that was used says so and leads to signing in', async ({ server, owner, visitor }) => {
    const { link } = await invite(server, owner.session, GRACE);
    const grace = await visitor();
    await accept(grace, link, OTHER_PASSWORD);
    await arrive(grace, ORG.users);
    const later = await visitor();
    expect(await goto(later, link)).toBe(410);
    await expect(later.getByRole('heading', { level: 1 })).toHaveText('This invitation has been used');
    await later.getByRole('link', { name: 'Sign in' }).click();
    await signIn(later, GRACE.email, OTHER_PASSWORD, ORG.users);
  });

  test('stops working when the invitation is sent again', async ({ page, server, owner, visitor }) => {
    const { link } = await invite(server, owner.session, GRACE);
    await mail(server, GRACE.email);
    await goto(page, ORG.users);
    await openMenu(row(page, GRACE.email));
    await choice(row(page, GRACE.email), 'Resend invitation').click();
    await expectToast(page, `A new invitation is on its way to ${GRACE.email}.`);
    const newer = linkIn(await mail(server, GRACE.email, 2));
    expect(newer).not.toBe(link);

    const grace = await visitor();
    expect(await goto(grace, link)).toBe(410);
    await expect(grace.getByRole('heading', { level: 1 })).toHaveText('There is a newer invitation');
    await accept(grace, newer, OTHER_PASSWORD);
    await arrive(grace, ORG.users);
  });

  test('stops working when the invitation is revoked, even on a page that is open', async ({ page, server, owner, visitor }) => {
    const { link } = await invite(server, owner.session, GRACE);
    const grace = await visitor();
    await goto(grace, link);

    await goto(page, ORG.users);
    await openMenu(row(page, GRACE.email));
    await choice(row(page, GRACE.email), 'Revoke invitation').click();
    const dialog = page.getByRole('dialog', { name: 'Revoke invitation' });
    await dialog.getByRole('button', { name: 'Revoke invitation' }).click();
    await expectToast(page, `The invitation of ${GRACE.email} has been revoked.`);

    await grace.getByLabel('Choose a password').fill(OTHER_PASSWORD);
    await grace.getByRole('button', { name: 'Accept invitation' }).click();
    await expect(grace.getByText('This invitation was withdrawn').first()).toBeVisible();
    expect(await goto(grace, link)).toBe(410);
    await expect(grace.getByRole('heading', { level: 1 })).toHaveText('This invitation was withdrawn');
  });
});

test('an admin’s invitation to be an admin cannot be accepted once the inviter has lost that power', async ({ server, owner, visitor }) => {
  const alan = await join(server, owner.session, { ...ALAN, admin: true });
  const { link } = await invite(server, alan.session, GRACE);
  await server.call('people/act', { org: ORG.slug, id: alan.id, op: 'revoke_admin' }, owner.session);
  const grace = await visitor();
  await accept(grace, link, OTHER_PASSWORD);
  await expect(grace.getByRole('alert')).not.toBeEmpty();
  await goto(grace, '/login');
  await enter(grace, GRACE.email, OTHER_PASSWORD);
  await expectRefused(grace.getByLabel('Password'), /Email or password is not right\./);
});
