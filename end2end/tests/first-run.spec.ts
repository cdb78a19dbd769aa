// From an empty installation to the first person who is signed in, and back in (B1).
import { enter, expectRefused, expectToast, logOut, signIn } from '../support/people.ts';
import { ADA, arrive, expect, goto, ORG, PASSWORD, type Page, test } from '../support/test.ts';

test.use({ holds: 'nothing' });

async function fillIn(page: Page, password = PASSWORD): Promise<void> {
  await page.getByLabel('Organization', { exact: true }).fill(ORG.name);
  await page.getByLabel('First name').fill(ADA.first);
  await page.getByLabel('Last name').fill(ADA.last);
  await page.getByLabel('Email').fill(ADA.email);
  await page.getByLabel('Password').fill(password);
}

const create = (page: Page) => page.getByRole('button', { name: 'Create organization' }).click();

test('the first visit leads to the set-up page', async ({ page }) => {
  await goto(page, '/');
  await expect(page).toHaveURL('/setup');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Set up your organization');
  await expect(page.getByRole('radio')).toHaveCount(4);
  await expect(page.getByRole('radio', { name: /^Invitation links/ })).toBeChecked();
});

test('an empty form says beside each field what is missing', async ({ page }) => {
  await goto(page, '/setup');
  await create(page);
  await expectRefused(page.getByLabel('Organization', { exact: true }), /Enter a name\./);
  await expectRefused(page.getByLabel('First name'), /Enter a name\./);
  await expectRefused(page.getByLabel('Email'), /Enter an email address\./);
  await expectRefused(page.getByLabel('Password'), /Choose a password\./);
  await expect(page.getByLabel('Last name')).not.toHaveAttribute('aria-invalid', 'true');
  await expect(page).toHaveURL('/setup');
});

test('after a failed try the first field that needs another look has the focus', async ({ page, js }) => {
  test.skip(!js, 'a page that is loaded anew has its focus from the browser');
  await goto(page, '/setup');
  await page.getByLabel('Organization', { exact: true }).fill(ORG.name);
  await create(page);
  await expect(page.getByLabel('First name')).toBeFocused();
});

test('what was typed is kept when something is wrong, but for the password', async ({ page, js }) => {
  await goto(page, '/setup');
  await fillIn(page);
  await page.getByLabel('Email').fill('ada at analytical');
  await page.getByText('Requests and expiry').click();
  await create(page);
  await expectRefused(page.getByLabel('Email'), /not a valid email address/);
  await expect(page.getByLabel('Email')).toHaveValue('ada at analytical');
  await expect(page.getByLabel('Organization', { exact: true })).toHaveValue(ORG.name);
  await expect(page.getByLabel('First name')).toHaveValue(ADA.first);
  await expect(page.getByLabel('Last name')).toHaveValue(ADA.last);
  await expect(page.getByRole('radio', { name: /^Requests and expiry/ })).toBeChecked();
  if (!js) await expect(page.getByLabel('Password')).toHaveValue('');
});

for (const [kind, password, why] of [
  ['short', 'plum', /at least 15 characters/],
  ['repetitive', 'aaaaaaaaaaaaaaaaaaaa', /easy to guess/],
  ['own-words', 'analyticalengines', /easy to guess/],
] as const) {
  test(`a ${kind} password is refused`, async ({ page }) => {
    await goto(page, '/setup');
    await fillIn(page, password);
    await create(page);
    await expectRefused(page.getByLabel('Password'), why);
    await expect(page).toHaveURL('/setup');
  });
}

test('who sets up is signed in as the Owner and sees the people', async ({ page }) => {
  await goto(page, '/setup');
  await fillIn(page);
  await create(page);
  await arrive(page, ORG.users);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('People');
  await expect(page.getByRole('row').filter({ hasText: ADA.email })).toContainText('Owner');
  await expectToast(page, 'Welcome to Rollcall.');
});

test('a toast that a redirect brought is not said again on the next page', { tag: '@function' }, async ({ page }) => {
  await goto(page, '/setup');
  await fillIn(page);
  await create(page);
  await arrive(page, ORG.users);
  await goto(page, ORG.users);
  await expect(page.getByRole('row').filter({ hasText: ADA.email })).toBeVisible();
  await expect(page.getByText('Welcome to Rollcall.')).toBeHidden();
});

test('set-up is closed afterwards', async ({ page, visitor }) => {
  const latecomer = await visitor();
  await goto(latecomer, '/setup');
  await fillIn(latecomer);

  await goto(page, '/setup');
  await fillIn(page);
  await create(page);
  await arrive(page, ORG.users);

  // Neither by a page that stood open all the while,
  await create(latecomer);
  await expect(latecomer.getByText('Rollcall is already set up. Sign in instead.').or(latecomer.getByRole('heading', { name: 'Sign in' })).first()).toBeVisible();
  // nor by opening it again.
  await latecomer.goto('/setup');
  await arrive(latecomer, '/login');
  await latecomer.goto('/');
  await arrive(latecomer, '/login');
});

test('logging out and in again leads back to the people', { tag: '@function' }, async ({ page }) => {
  await goto(page, '/setup');
  await fillIn(page);
  await create(page);
  await arrive(page, ORG.users);
  await logOut(page);

  await page.goto(ORG.users);
  await expect(page).toHaveURL(/\/login\?next=/);
  await page.goBack();
  await goto(page, '/login');

  await enter(page, ADA.email, 'gravel-otter-ninth-plam');
  await expectRefused(page.getByLabel('Password'), /Email or password is not right\./);
  await expect(page.getByLabel('Email')).toHaveValue(ADA.email);

  await signIn(page, ADA.email, PASSWORD, ORG.users);
  await expect(page.getByRole('row').filter({ hasText: ADA.email })).toBeVisible();
});

test.describe('signing in', () => {
  test.use({ holds: 'owner', signedIn: false });

  test('an unknown address is refused in the same words as a wrong password', { tag: '@function' }, async ({ page }) => {
    await goto(page, '/login');
    await enter(page, 'nobody@analytical.example', PASSWORD);
    await expectRefused(page.getByLabel('Password'), /Email or password is not right\./);
  });

  test('an empty form says beside each field what is missing', async ({ page }) => {
    await goto(page, '/login');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expectRefused(page.getByLabel('Email'), /Enter your email address\./);
    await expectRefused(page.getByLabel('Password'), /Enter your password\./);
  });

  test('who keeps guessing has to wait and is told so', async ({ page, server }) => {
    for (let n = 0; n < 10; n += 1) await server.call('session/login', { email: ADA.email, password: `guess ${n}` });
    await goto(page, '/login');
    await enter(page, ADA.email, PASSWORD);
    await expect(page.getByRole('alert')).toContainText(/Too many attempts\. Try again in \d+ minutes\./);
    await expect(page).toHaveURL('/login');
  });
});
