// axe finds nothing on any page: in light and dark, wide and narrow. Without scripts axe cannot run, so the run without
// them looks at the pages as the server sent them, before WebAssembly has taken over.
import { accept, enter, linkIn, mail, openMenu, row } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { ADA, expect, goto, invite, join, ORG, PASSWORD, test as base } from '../support/test.ts';

const test = base.extend({
  context: async ({ context, js }, use) => {
    if (!js) {
      const idle = 'export default async () => {}; export const hydrate = () => {};';
      await context.route('**/pkg/**/*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: idle }));
    }
    await use(context);
  },
});

// Four looks at one page take their time.
test.describe.configure({ timeout: 90_000 });
test.use({ javaScriptEnabled: true, contextOptions: { reducedMotion: 'reduce' } });

const GRACE = { first: 'Grace', last: 'Hopper', email: 'grace@navy.example' };
const ALAN = { first: 'Alan', last: 'Turing', email: 'alan@bletchley.example' };

test.describe('set-up', () => {
  test.use({ holds: 'nothing' });

  test('the form', async ({ page }) => {
    await goto(page, '/setup');
    await expectAccessible(page);
  });

  test('the form with errors', async ({ page }) => {
    await goto(page, '/setup');
    await page.getByRole('button', { name: 'Create organization' }).click();
    await expect(page.getByText('Choose a password.')).toBeVisible();
    await expectAccessible(page);
  });
});

test.describe('signed out', () => {
  test.use({ signedIn: false });

  test('signing in, and what is wrong with it', async ({ page }) => {
    await goto(page, '/login');
    await expectAccessible(page);
    await enter(page, ADA.email, 'something else');
    await expect(page.getByText('Email or password is not right.')).toBeVisible();
    await expectAccessible(page);
  });

  test('an invitation', async ({ page, server, owner }) => {
    const { link } = await invite(server, owner.session, GRACE);
    await goto(page, link);
    await expectAccessible(page);
  });

  test('an invitation with errors', async ({ page, server, owner }) => {
    const { link } = await invite(server, owner.session, GRACE);
    await accept(page, link, 'short');
    await expect(page.getByText('Use at least 15 characters.')).toBeVisible();
    await expectAccessible(page);
  });

  test('a link that does not work', async ({ page }) => {
    await goto(page, '/invite/unknown');
    await expectAccessible(page);
  });

  test('asking for a new password, what is wrong with it, and what is answered', async ({ page }) => {
    await goto(page, '/forgot');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Send link' }).click();
    await expect(page.getByText('Enter an email address.')).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel('Email').fill('a-rather-long-address-of-somebody@observatory.example');
    await page.getByRole('button', { name: 'Send link' }).click();
    await expect(page.getByText('Check your mail')).toBeVisible();
    await expectAccessible(page);
  });

  test('a link for a new password, what is wrong with it, and one that does not work', async ({ page, server }) => {
    await server.call('passwords/forgot', { email: ADA.email });
    await goto(page, linkIn(await mail(server, ADA.email)));
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page.getByText('Choose a password.')).toBeVisible();
    await expectAccessible(page);
    await goto(page, '/reset/unknown');
    await expectAccessible(page);
  });

  test('a page that is not there', async ({ page }) => {
    await goto(page, '/nowhere');
    await expectAccessible(page);
  });
});

test.describe('the people', () => {
  test.describe('many', () => {
    test.use({ holds: 'people' });

    test('of many scripts and all states', async ({ page }) => {
      await goto(page, `${ORG.users}?q=jacquard`);
      await expectAccessible(page);
    });

    test('invitations', async ({ page }) => {
      await goto(page, `${ORG.users}?tab=expired&sort=-last_login`);
      await expectAccessible(page);
    });

    test('nobody found', async ({ page }) => {
      await goto(page, `${ORG.users}?q=zzyzx`);
      await expectAccessible(page);
    });
  });

  test('the menu of a row', async ({ page, server, owner }) => {
    await invite(server, owner.session, GRACE);
    await goto(page, ORG.users);
    await openMenu(row(page, GRACE.email));
    await expect(row(page, GRACE.email).getByText('Resend invitation')).toBeVisible();
    await expectAccessible(page);
  });

  test('the menu of one’s own row, where much is barred', async ({ page }) => {
    await goto(page, ORG.users);
    await openMenu(row(page, ADA.email));
    await expectAccessible(page);
  });

  test('the profile menu', async ({ page }) => {
    await goto(page, ORG.users);
    await page.getByLabel(/^Profile of /).click();
    await expect(page.getByRole('button', { name: 'Log out' })).toBeVisible();
    await expectAccessible(page);
  });

  test('a toast', async ({ page, server, owner }) => {
    await join(server, owner.session, GRACE);
    await goto(page, ORG.users);
    await row(page, GRACE.email).getByRole('switch').click();
    await expect(page.getByText('User has been successfully deactivated.')).toBeVisible();
    await expectAccessible(page);
  });

  test('“Add new user”, and what is wrong with it', async ({ page }) => {
    await goto(page, `${ORG.users}?dialog=add`);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Invite user' }).click();
    await expect(page.getByText('Enter an email address.')).toBeVisible();
    await expectAccessible(page);
  });

  test('“Invite”', async ({ page }) => {
    await goto(page, `${ORG.users}?dialog=invite`);
    await expectAccessible(page);
  });

  test('the results of a batch', async ({ page }) => {
    await goto(page, `${ORG.users}?dialog=invite`);
    await page.getByLabel('Email addresses').fill(`${GRACE.email} ${ADA.email} nonsense a-rather-long-address-of-somebody@observatory.example`);
    await page.getByRole('button', { name: 'Send invitations' }).click();
    await expect(page.getByText('2 of 4 invitations')).toBeVisible();
    await expectAccessible(page);
  });

  test('the saved views, what can be done with one, and what is wrong with saving another', async ({ page, server, owner }) => {
    const { session } = await join(server, owner.session, { ...GRACE, admin: true });
    const form = { org: ORG.slug, query: 'q=grace' };
    await server.call('views/save', { ...form, name: 'Those who administer this organization, by name', share: 'on' }, session);
    await server.call('views/save', { ...form, name: 'Admins', share: 'on', default: 'on' }, owner.session);
    await goto(page, `${ORG.users}?q=grace&dialog=views`);
    await page.getByLabel('Change Admins').click();
    await expect(page.getByRole('button', { name: 'Stop sharing' })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('textbox', { name: 'Name' }).last().fill('admins');
    await page.getByRole('button', { name: 'Save view' }).click();
    await expect(page.getByText('There is a view of this name already.')).toBeVisible();
    await expectAccessible(page);
  });

  test('no saved views', async ({ page }) => {
    await goto(page, `${ORG.users}?dialog=views`);
    await expect(page.getByText('None yet.')).toBeVisible();
    await expectAccessible(page);
  });

  test('“Edit user”', async ({ page, server, owner }) => {
    const { id } = await invite(server, owner.session, GRACE);
    await goto(page, `${ORG.users}?dialog=edit&id=${id}`);
    await expect(page.getByLabel('First name')).toBeVisible();
    await expectAccessible(page);
  });

  test('“Revoke invitation”', async ({ page, server, owner }) => {
    const { id } = await invite(server, owner.session, GRACE);
    await goto(page, `${ORG.users}?dialog=revoke&id=${id}`);
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectAccessible(page);
  });
});

test('the profile of a member', async ({ page, server, owner }) => {
  const { id } = await join(server, owner.session, GRACE);
  await goto(page, `${ORG.users}/${id}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectAccessible(page);
});

test('the profile of somebody invited', async ({ page, server, owner }) => {
  const { id } = await invite(server, owner.session, GRACE);
  await goto(page, `${ORG.users}/${id}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectAccessible(page);
});

test('what was done to many people', async ({ page }) => {
  await goto(page, `/o/${ORG.slug}/jobs`);
  await expect(page.getByRole('heading', { name: 'Nothing yet' })).toBeVisible();
  await expectAccessible(page);
  await goto(page, ORG.users);
  await page.locator('.grid tbody input[name=select]').first().check();
  await page.getByRole('form', { name: 'Selected people' }).getByRole('button', { name: 'Deactivate', exact: true }).click();
  await expect(page).toHaveURL(/\/jobs\/job_/);
  await goto(page, `/o/${ORG.slug}/jobs`);
  await expect(page.locator('.job-line')).toHaveCount(1);
  await expectAccessible(page);
});

test('an invitation for somebody else', async ({ page, server, owner }) => {
  const { link } = await invite(server, owner.session, GRACE);
  await goto(page, link);
  await expect(page.getByText('This invitation is for')).toBeVisible();
  await expectAccessible(page);
});

test('the organizations', async ({ page }) => {
  await goto(page, '/orgs');
  await expectAccessible(page);
});

test('one’s own account, what is wrong with its forms, and a change of address that waits', async ({ page, server, owner }) => {
  await goto(page, `/account?org=${ORG.slug}`);
  await expect(page.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('Choose a password.')).toBeVisible();
  await expectAccessible(page);
  const email = 'a-rather-long-address-of-somebody@observatory.example';
  await server.call('account/email', { email, password: PASSWORD }, owner.session);
  await goto(page, '/account');
  await expect(page.getByText('To be changed to')).toBeVisible();
  await expectAccessible(page);
});

test('the links for another address, unanswered, answered, and over', async ({ page, server, owner }) => {
  const email = 'a-rather-long-address-of-somebody@observatory.example';
  await server.call('account/email', { email, password: PASSWORD }, owner.session);
  const link = linkIn(await mail(server, ADA.email));
  await goto(page, link);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Send answer' }).click();
  await expect(page.getByText('Choose one of the two.')).toBeVisible();
  await expectAccessible(page);
  await server.call('account/answer_email_link', { token: link.split('/').at(-1)!, answer: 'confirm' });
  await goto(page, link);
  await expect(page.getByText('This address has agreed')).toBeVisible();
  await expectAccessible(page);
  await server.call('account/cancel_email', {}, owner.session);
  await goto(page, link);
  await expect(page.getByText('This change was cancelled')).toBeVisible();
  await expectAccessible(page);
});

test('a page of the organization that is not there', async ({ page }) => {
  await goto(page, `/o/${ORG.slug}/nowhere`);
  await expectAccessible(page);
});

test('a refusal', async ({ page, context, server, owner }) => {
  const { session } = await join(server, owner.session, ALAN);
  await context.addCookies([{ name: 'rollcall', value: session, url: server.url }]);
  await goto(page, ORG.users);
  await expect(page.getByRole('heading', { name: 'You do not have access' })).toBeVisible();
  await expectAccessible(page);
});
