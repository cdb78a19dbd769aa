// Accounts that an admin creates (B3–B7, B15, B31, B32, B35): the page of seed 000, from its first line to its last.
import { choice, enter, expectRefused, expectToast, found, logOut, mail, openMenu, row } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { alive, arrive, expect, goto, ORG, OTHER_PASSWORD, type Page, test } from '../support/test.ts';

const NEW = `${ORG.users}/new`;
const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example' };
const TEMPORARY = 'ferry-lantern-42-mossy';

/** The temporary password of a welcome. */
function passwordIn(text: string | undefined): string {
  const password = /Temporary password: (\S+)/.exec(text ?? '')?.[1];
  if (!password) throw new Error(`no password in the mail:\n${text}`);
  return password;
}

async function fillIn(page: Page, password = TEMPORARY, again = password): Promise<void> {
  await page.getByLabel('First name').fill(GRACE.first);
  await page.getByLabel('Last name').fill(GRACE.last);
  await page.getByLabel('Email').fill(GRACE.email);
  await page.getByLabel('Temporary password', { exact: true }).fill(password);
  await page.getByLabel('Confirm temporary password').fill(again);
}

const create = (page: Page) => page.getByRole('button', { name: 'Create user' }).click();

async function created(page: Page): Promise<void> {
  await goto(page, NEW);
  await fillIn(page);
  await create(page);
  await expect(page.getByText('Created. The welcome email is on its way.')).toBeVisible();
}

test.use({ holds: 'nothing', signedIn: false });

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  test.describe(`on ${engine}`, () => {
    test.use({ engine });

    test('from creating a user to the first password of their own, and the switch off and on', async ({ page, server, visitor }) => {
      // "By design, the first account created on the platform becomes the admin account."
      await found(page, /^Admin-created accounts/);

      // "Go to your profile in the upper right-hand corner. Click View/Create User. Click + Create User."
      await goto(page, `/o/${ORG.slug}/settings/policies`);
      await page.getByLabel(/^Profile of /).click();
      await page.getByRole('link', { name: 'Users', exact: true }).click();
      await expect(page).toHaveURL(ORG.users);
      await expect(page.getByRole('link', { name: 'Add new user' })).toHaveCount(0);
      await page.getByRole('link', { name: 'Create user' }).first().click();
      await expect(page).toHaveURL(NEW);
      await expect(page.getByText('Ask the person to sign in and change it at once')).toBeVisible();

      // "Enter the user's First Name, Last Name, and Email address. Enter a temporary password and confirm it."
      await fillIn(page);
      await create(page);
      await expect(page.getByText('Created. The welcome email is on its way.')).toBeVisible();
      await expect(page.getByText('spam or junk folder')).toBeVisible();
      await page.getByRole('link', { name: 'Done' }).click();
      await expect(row(page, GRACE.email)).toContainText('Pending verification');

      // "The user will receive a welcome email containing their login name and the temporary password you created."
      const welcome = await mail(server, GRACE.email);
      expect(welcome.subject).toBe(`Your account at ${ORG.name}`);
      expect(welcome.text).toContain(`Login name:         ${GRACE.email}`);
      expect(passwordIn(welcome.text)).toBe(TEMPORARY);
      expect(String(welcome.html)).toContain(TEMPORARY);

      // "They must click the link in the email and change the temporary password to complete account setup."
      const link = /http:\/\/\S+\/login/.exec(welcome.text ?? '')?.[0] ?? '';
      const grace = await visitor();
      await goto(grace, link);
      await enter(grace, GRACE.email, TEMPORARY);
      await arrive(grace, '/welcome');
      for (const path of [ORG.users, '/orgs', '/', NEW, '/login']) {
        await grace.goto(path);
        await arrive(grace, '/welcome');
      }
      await expect(grace.getByRole('heading', { level: 1 })).toHaveText('Welcome, Grace');
      await grace.getByLabel('Choose a password').fill(TEMPORARY);
      await grace.getByRole('button', { name: 'Save password and continue' }).click();
      await expectRefused(grace.getByLabel('Choose a password'), /This is the temporary password/);
      await grace.getByLabel('Choose a password').fill(OTHER_PASSWORD);
      await grace.getByRole('button', { name: 'Save password and continue' }).click();
      await expect(grace).toHaveURL(ORG.users);
      await expectToast(grace, 'Your password has been saved. Welcome.');

      // "Active: shown when the user has set up their account."
      await goto(page, ORG.users);
      await expect(row(page, GRACE.email).locator('.badge')).toHaveText('Active');

      // "Move the ACTIVE account status slider to the off position. A green confirmation message will appear."
      const active = row(page, GRACE.email).getByRole('switch');
      await active.click();
      await expectToast(page, 'User has been successfully deactivated.');
      await expect(row(page, GRACE.email).locator('.badge')).toHaveText('Disabled');
      const again = await visitor();
      await goto(again, '/login');
      await enter(again, GRACE.email, OTHER_PASSWORD);
      await expect(again.getByText('Your access has been deactivated.').first()).toBeVisible();

      // "The user can log in again without needing to re-verify their account."
      await row(page, GRACE.email).getByRole('switch').click();
      await expectToast(page, 'User has been successfully activated.');
      await expect(row(page, GRACE.email).locator('.badge')).toHaveText('Active');
      await goto(again, '/login');
      await enter(again, GRACE.email, OTHER_PASSWORD);
      await expect(again).toHaveURL(ORG.users);

      // "Click the three-dot menu next to the user. Select Delete."
      await openMenu(row(page, GRACE.email));
      await choice(row(page, GRACE.email), 'Delete user').click();
      const dialog = page.getByRole('dialog', { name: 'Delete user' });
      // "Deleting a user cannot be undone, and the same email address cannot be used to create a new account. If you are
      // unsure, consider disabling the user first."
      await expect(dialog).toContainText('Deleting a user cannot be undone.');
      await expect(dialog).toContainText('The same email address cannot be used to create a new account.');
      await expect(dialog).toContainText('If you are unsure, deactivate the user first');
      await dialog.getByLabel(/^To confirm/).fill(GRACE.email);
      await dialog.getByRole('button', { name: 'Delete user' }).click();
      await expectToast(page, 'Grace Hopper has been deleted.');
      await expect(row(page, GRACE.email)).toHaveCount(0);
      await again.goto(ORG.users);
      await arrive(again, /\/login/);
      await enter(again, GRACE.email, OTHER_PASSWORD);
      await expect(again.getByText(/do not match|not right|wrong/i).first()).toBeVisible();
      await goto(page, NEW);
      await fillIn(page);
      await create(page);
      await expectRefused(page.getByLabel('Email'), /was that of a user who was deleted. It cannot be used for a new account./);
    });
  });
}

test('one can be generated, and sending it again replaces it', async ({ page, server, visitor }) => {
  await found(page, /^Admin-created accounts/);
  await goto(page, NEW);
  await page.getByLabel('First name').fill(GRACE.first);
  await page.getByLabel('Email').fill(GRACE.email);
  await page.getByRole('checkbox', { name: /^Generate a temporary password/ }).check();
  await expect(page.getByLabel('Confirm temporary password')).toBeHidden();
  await create(page);
  await expect(page.getByText('Created. The welcome email is on its way.')).toBeVisible();
  const first = passwordIn((await mail(server, GRACE.email)).text);

  await goto(page, ORG.users);
  await openMenu(row(page, GRACE.email));
  await choice(row(page, GRACE.email), 'Resend invitation').click();
  await expectToast(page, `A new invitation is on its way to ${GRACE.email}.`);
  const second = passwordIn((await mail(server, GRACE.email, 2)).text);
  expect(second).not.toBe(first);

  const grace = await visitor();
  await goto(grace, '/login');
  await enter(grace, GRACE.email, first);
  await expect(grace.getByText('Email or password is not right.')).toBeVisible();
  await enter(grace, GRACE.email, second);
  await arrive(grace, '/welcome');
  await grace.getByRole('button', { name: 'Log out' }).click();
  await arrive(grace, '/login');
});

test('what is wrong stands beside the field', async ({ page, js }) => {
  await found(page, /^Admin-created accounts/);
  await goto(page, NEW);
  await create(page);
  await expectRefused(page.getByLabel('First name'), /Enter a name\./);
  await expectRefused(page.getByLabel('Email'), /Enter an email address\./);
  await expectRefused(page.getByLabel('Temporary password', { exact: true }), /or have one generated/);
  await fillIn(page, TEMPORARY, 'ferry-lantern-43-mossy');
  await create(page);
  await expectRefused(page.getByLabel('Confirm temporary password'), /not the same password/);
  await expect(page.getByLabel('Email')).toHaveValue(GRACE.email);
  if (!js) await expect(page.getByLabel('Temporary password', { exact: true })).toHaveValue('');
});

test('a meter judges while one types', async ({ page, js, visitor }) => {
  test.skip(!js, 'without scripts the judgment comes with the answer');
  await found(page, /^Admin-created accounts/);
  await goto(page, NEW);
  const meter = page.locator('.meter');
  await page.getByLabel('First name').fill('Maximiliana');
  const field = page.getByLabel('Temporary password', { exact: true });
  await field.pressSequentially('short');
  await expect(meter).toContainText('Use at least 15 characters.');
  await field.fill('maximilianamaximiliana');
  await expect(meter).toContainText('easy to guess');
  await field.fill(TEMPORARY);
  await expect(meter).toContainText('Strong');
  await expect(meter).toHaveAttribute('data-parts', '4');

  await created(page);
  const grace = await visitor();
  await goto(grace, '/login');
  await enter(grace, GRACE.email, TEMPORARY);
  await arrive(grace, '/welcome');
  await grace.getByLabel('Choose a password').fill('gracehoppergrace');
  await expect(grace.locator('.meter')).toContainText('easy to guess');
});

test('where either way is chosen, both are offered', async ({ page }) => {
  await found(page, /^Invitation links/);
  await goto(page, `/o/${ORG.slug}/settings/policies`);
  await page.getByRole('radio', { name: /^Either of them/ }).check();
  await page.getByRole('button', { name: 'Preview changes' }).click();
  await page.getByRole('button', { name: 'Save policies' }).click();
  await expectToast(page, 'The policies have been saved.');
  await goto(page, ORG.users);
  await expect(page.getByRole('link', { name: 'Add new user' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Create user' }).first()).toBeVisible();
  await logOut(page);
});

test.describe('for everybody', () => {
  test.describe.configure({ timeout: 120_000 });
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('axe finds nothing on the pages of creating and choosing', async ({ page, js, visitor }) => {
    test.skip(!js, 'axe is a script');
    await found(page, /^Admin-created accounts/);
    await goto(page, ORG.users);
    await expectAccessible(page);
    await goto(page, NEW);
    await expectAccessible(page);
    await create(page);
    await expect(page.getByText('or have one generated')).toBeVisible();
    await page.getByLabel('Temporary password', { exact: true }).fill(TEMPORARY);
    await expect(page.locator('.meter')).toContainText('Strong');
    await expectAccessible(page);
    await created(page);
    await expectAccessible(page);
    const grace = await visitor();
    await goto(grace, '/login');
    await enter(grace, GRACE.email, TEMPORARY);
    await arrive(grace, '/welcome');
    await alive(grace);
    await expectAccessible(grace);
    await grace.getByLabel('Choose a password').fill('short');
    await grace.getByRole('button', { name: 'Save password and continue' }).click();
    await expect(grace.getByLabel('Choose a password')).toHaveAttribute('aria-invalid', 'true');
    await expectAccessible(grace);
  });
});
