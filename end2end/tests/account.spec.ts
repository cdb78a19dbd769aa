// One's own account: a forgotten password, another one, another address, one's own name and sessions (S7–S36).
import { enter, expectRefused, expectToast, linkIn, mail, signIn } from '../support/people.ts';
import { type Server } from '../support/server.ts';
import { ADA, arrive, expect, goto, join, type Locator, ORG, OTHER_PASSWORD, type Page, PASSWORD, reload, test } from '../support/test.ts';

const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example', admin: true };
const NEW = 'ada@new.example';

/** A section of the page. */
const section = (page: Page, name: string): Locator => page.getByRole('region', { name });

/** Opens one's account by the menu at the top right. */
async function openAccount(page: Page): Promise<void> {
  await goto(page, ORG.users);
  await page.getByLabel(/^Profile of /).click();
  await page.getByRole('link', { name: 'Your account' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
}

/** Asks for a link on the page for that, and yields it from the n-th mail. */
async function askForLink(page: Page, server: Server, email: string, n = 1): Promise<string> {
  await goto(page, '/forgot');
  await page.getByLabel('Email').fill(email);
  await page.getByRole('button', { name: 'Send link' }).click();
  await expect(page.getByRole('heading', { name: 'Check your mail' })).toBeVisible();
  return linkIn(await mail(server, email, n));
}

/** Chooses a password behind a link. */
async function choose(page: Page, password: string): Promise<void> {
  await page.getByLabel('New password').fill(password);
  await page.getByRole('button', { name: 'Change password' }).click();
}

/** Answers a link for another address. */
async function answer(page: Page, choice: RegExp): Promise<void> {
  await page.getByRole('radio', { name: choice }).check();
  await page.getByRole('button', { name: 'Send answer' }).click();
}

/** Asks for another address. */
async function askForEmail(page: Page, email: string): Promise<void> {
  const form = section(page, 'Email');
  await form.getByLabel('New email').fill(email);
  await form.getByLabel('Your password').fill(PASSWORD);
  await form.getByRole('button', { name: 'Change email' }).click();
}

test.describe('a forgotten password', () => {
  test.use({ signedIn: false });

  test('is chosen anew from the sign-in page on, and ends what the old one began', async ({ page, server, owner, visitor }) => {
    const elsewhere = await visitor(owner.session);
    await goto(elsewhere, ORG.users);
    await goto(page, '/login');
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await expect(page).toHaveURL('/forgot');
    const link = await askForLink(page, server, ADA.email);
    await expect(page.getByText(`If ${ADA.email} has an account here`)).toBeVisible();

    await goto(page, link);
    await expect(page.getByLabel('Email')).toHaveValue(ADA.email);
    await choose(page, OTHER_PASSWORD);
    await arrive(page, '/login');
    await expectToast(page, 'Your password has been changed. Sign in with it.');
    await enter(page, ADA.email, PASSWORD);
    await expectRefused(page.getByLabel('Password'), /Email or password is not right\./);
    await signIn(page, ADA.email, OTHER_PASSWORD, ORG.users);

    await reload(elsewhere);
    await arrive(elsewhere, /\/login\?next=/);
    const notice = await mail(server, ADA.email, 2);
    expect(notice.subject).toBe('Your password was changed');
    expect(notice.text).toContain(`${server.url}/forgot`);
  });

  test('of nobody is answered alike, and no mail leaves', async ({ page, server }) => {
    await goto(page, '/forgot');
    await page.getByLabel('Email').fill('nobody@nowhere.example');
    await page.getByRole('button', { name: 'Send link' }).click();
    await expect(page.getByRole('heading', { name: 'Check your mail' })).toBeVisible();
    await page.getByRole('link', { name: 'Ask again' }).click();
    await arrive(page, '/forgot');
    await expect(page.getByLabel('Email')).toHaveValue('');
    await askForLink(page, server, ADA.email);
    expect(await server.mailTo('nobody@nowhere.example')).toEqual([]);
  });

  test('asked for without an address says so beside the field', async ({ page }) => {
    await goto(page, '/forgot');
    await page.getByLabel('Email').fill('ada@');
    await page.getByRole('button', { name: 'Send link' }).click();
    await expectRefused(page.getByLabel('Email'), /This is not a valid email address\./);
    await expect(page.getByLabel('Email')).toHaveValue('ada@');
  });

  test('is not chosen weak, and its link says when it is used or replaced', async ({ page, server }) => {
    const first = await askForLink(page, server, ADA.email);
    const second = await askForLink(page, server, ADA.email, 2);
    expect(await goto(page, first)).toBe(410);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is a newer link');

    // A mail scanner that posts the form it found.
    const form = { _fn: '/api/passwords/reset', token: second.split('/').at(-1)! };
    expect((await fetch(second, { method: 'POST', body: new URLSearchParams(form) })).status).toBe(422);
    expect(await goto(page, second)).toBe(200);
    await choose(page, 'lovelace');
    await expectRefused(page.getByLabel('New password'), /at least 15 characters/);
    await choose(page, OTHER_PASSWORD);
    await arrive(page, '/login');
    expect(await goto(page, second)).toBe(410);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link has been used');
    await page.getByRole('link', { name: 'Ask for a new link' }).click();
    await arrive(page, '/forgot');
  });

  test('behind a link that nobody sent says so', async ({ page }) => {
    expect(await goto(page, `/reset/${'A'.repeat(43)}`)).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link does not work');
  });
});

test('the account is in the menu and among the organizations, and leads back', async ({ page }) => {
  await openAccount(page);
  await expect(page).toHaveURL(`/account?org=${ORG.slug}`);
  await page.getByRole('link', { name: ORG.name }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'People' })).toBeVisible();
  await goto(page, '/orgs');
  await page.getByRole('link', { name: 'Your account' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
  await page.getByRole('link', { name: 'Organizations' }).click();
  await expect(page).toHaveURL('/orgs');
});

test('a name is another one everywhere', async ({ page }) => {
  await openAccount(page);
  const form = section(page, 'Name');
  await form.getByLabel('First name').fill('');
  await form.getByRole('button', { name: 'Save name' }).click();
  await expectRefused(form.getByLabel('First name'), /Enter a name\./);
  await form.getByLabel('First name').fill('Augusta');
  await form.getByLabel('Last name').fill('King');
  await form.getByRole('button', { name: 'Save name' }).click();
  await expectToast(page, 'Your name has been saved.');
  await expect(page.getByText(`Augusta King · ${ADA.email}`)).toBeVisible();
  await expect(form.getByLabel('First name')).toHaveValue('Augusta');
  await goto(page, `${ORG.users}?q=augusta`);
  await expect(page.getByRole('row').filter({ hasText: 'Augusta King' })).toBeVisible();
  await expect(page.getByLabel('Profile of Augusta King')).toBeVisible();
});

test('a password changes with the current one, and everywhere else one is signed out', async ({ page, server, visitor }) => {
  const other = await visitor();
  await goto(other, '/login');
  await signIn(other, ADA.email, PASSWORD);
  await openAccount(page);
  const form = section(page, 'Password');
  await form.getByLabel('Current password').fill(OTHER_PASSWORD);
  await form.getByLabel('New password').fill(OTHER_PASSWORD);
  await form.getByRole('button', { name: 'Change password' }).click();
  await expectRefused(form.getByLabel('Current password'), /This is not your current password\./);
  await form.getByLabel('Current password').fill(PASSWORD);
  await form.getByLabel('New password').fill(OTHER_PASSWORD);
  await form.getByRole('button', { name: 'Change password' }).click();
  await expectToast(page, 'Your password has been changed. Everywhere else you are signed out.');
  await expect(section(page, 'Sessions').getByRole('listitem')).toHaveCount(1);
  await reload(page);
  await expect(page.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
  expect((await mail(server, ADA.email)).subject).toBe('Your password was changed');
  await reload(other);
  await arrive(other, /\/login\?next=/);
  await signIn(other, ADA.email, OTHER_PASSWORD);
});

test('one’s own sessions end one by one, or all others at once', async ({ page, visitor }) => {
  const others = [await visitor(), await visitor(), await visitor()];
  for (const other of others) {
    await goto(other, '/login');
    await signIn(other, ADA.email, PASSWORD);
  }
  await openAccount(page);
  const lines = section(page, 'Sessions').getByRole('listitem');
  await expect(lines).toHaveCount(4);
  const own = lines.filter({ hasText: 'This is you, now' });
  await expect(own).toHaveCount(1);
  await lines.filter({ hasNotText: 'This is you, now' }).first().getByRole('button', { name: /^End the session of / }).click();
  await expectToast(page, 'The session has been ended.');
  await expect(lines).toHaveCount(3);
  await section(page, 'Sessions').getByRole('button', { name: 'End all other sessions' }).click();
  await expectToast(page, 'Everywhere else you are signed out.');
  await expect(lines).toHaveCount(1);
  for (const other of others) {
    await reload(other);
    await arrive(other, /\/login\?next=/);
  }
  await own.getByRole('button', { name: /^End the session of / }).click();
  await arrive(page, /\/login$/);
});

test('a theme is chosen by its name', async ({ page }) => {
  await openAccount(page);
  await section(page, 'Appearance').getByRole('button', { name: 'Dark theme' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page).toHaveURL(`/account?org=${ORG.slug}`);
});

test.describe('another address', () => {
  test('is there once both mailboxes have agreed', async ({ page, server, visitor }) => {
    await openAccount(page);
    await askForEmail(page, NEW);
    await expectToast(page, `A link is on its way to ${NEW}, and one to your present address.`);
    const pending = section(page, 'Email').locator('.pending');
    await expect(pending).toContainText(`To be changed to ${NEW}.`);
    await expect(pending.getByRole('listitem')).toHaveText(['Your present address has to agree yet', 'The new address has to agree yet']);

    const toNew = await mail(server, NEW);
    expect(toNew.text).not.toContain(ADA.last);
    const stranger = await visitor();
    await goto(stranger, linkIn(toNew));
    await expect(stranger.getByRole('heading', { level: 1 })).toHaveText('Use this email?');
    await stranger.getByRole('button', { name: 'Send answer' }).click();
    await expect(stranger.getByText('Choose one of the two.')).toBeVisible();
    await answer(stranger, /^It was me: use it/);
    await expect(stranger.getByRole('heading', { level: 1 })).toHaveText('This address has agreed');
    await reload(page);
    await expect(pending.getByRole('listitem').last()).toHaveText('The new address has agreed');

    await goto(page, linkIn(await mail(server, ADA.email)));
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Change your email?');
    await answer(page, /^It was me: change it/);
    await arrive(page, '/account');
    await expectToast(page, `Your address is ${NEW} now. Sign in with it from now on.`);
    await expect(page.getByText(`${ADA.name} · ${NEW}`)).toBeVisible();
    await expect(pending).toHaveCount(0);
    for (const address of [ADA.email, NEW]) expect((await mail(server, address, 2)).subject).toBe('Your email was changed');
    await goto(page, ORG.users);
    await expect(page.getByRole('row').filter({ hasText: NEW })).toBeVisible();
    await goto(stranger, '/login');
    await signIn(stranger, NEW, PASSWORD, ORG.users);
  });

  test('is not there when somebody else had asked for it', async ({ page, server, visitor }) => {
    await openAccount(page);
    await askForEmail(page, NEW);
    const link = linkIn(await mail(server, ADA.email));
    const mailbox = await visitor();
    await goto(mailbox, link);
    await answer(mailbox, /^It was not me: cancel it/);
    await expectToast(mailbox, 'Cancelled. Nothing was changed.');
    await expect(mailbox.getByRole('heading', { level: 1 })).toHaveText('This change was cancelled');
    await mailbox.getByRole('link', { name: 'Choose a new password' }).click();
    await arrive(mailbox, '/forgot');
    await reload(page);
    await expect(section(page, 'Email').locator('.pending')).toHaveCount(0);
    expect(await goto(mailbox, linkIn(await mail(server, NEW)))).toBe(410);
  });

  test('can be taken back, and asks for the password', async ({ page, server }) => {
    await openAccount(page);
    const form = section(page, 'Email');
    await form.getByLabel('New email').fill(NEW);
    await form.getByRole('button', { name: 'Change email' }).click();
    await expectRefused(form.getByLabel('Your password'), /Enter your current password\./);
    await expect(form.getByLabel('New email')).toHaveValue(NEW);
    expect(await server.mailTo(NEW)).toEqual([]);
    await askForEmail(page, NEW);
    await form.getByRole('button', { name: 'Cancel the change' }).click();
    await expectToast(page, 'Your address stays as it is.');
    await expect(form.locator('.pending')).toHaveCount(0);
  });

  test('that has an account, or is invited as somebody else, is said so to its mailbox', async ({ page, server, owner, visitor }) => {
    await join(server, owner.session, GRACE);
    await openAccount(page);
    await askForEmail(page, GRACE.email);
    await expectToast(page, `A link is on its way to ${GRACE.email}, and one to your present address.`);
    const mailbox = await visitor();
    // The first mail was the invitation.
    await goto(mailbox, linkIn(await mail(server, GRACE.email, 2)));
    await expect(mailbox.getByRole('heading', { level: 1 })).toHaveText('This address cannot be used');

    await server.call('invitations/send', { org: ORG.slug, emails: NEW }, owner.session);
    await mail(server, NEW);
    await askForEmail(page, NEW);
    await goto(mailbox, linkIn(await mail(server, NEW, 2)));
    await expect(mailbox.getByText(`${ORG.name} has invited this address as somebody else.`)).toBeVisible();
    await mailbox.getByRole('link', { name: 'Try again' }).click();
    await expect(mailbox.getByRole('heading', { level: 1 })).toHaveText('This address cannot be used');
  });
});
