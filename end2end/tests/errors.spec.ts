// What cannot be shown says why, with the right status, and leads on.
import { enter, row, signIn } from '../support/people.ts';
import { ADA, arrive, expect, goto, join, ORG, OTHER_PASSWORD, type Page, PASSWORD, test } from '../support/test.ts';

const GRACE = { first: 'Grace', last: 'Hopper', email: 'grace@navy.example', admin: true };
const NOBODY = 'mem_01a2001b5e8e7058aed094ce72aaa9e7';

async function expectNotFound(page: Page, path: string): Promise<void> {
  expect(await goto(page, path), path).toBe(404);
  await expect(page.getByRole('heading', { level: 1, name: 'Page not found' })).toBeVisible();
  await expect(page).toHaveTitle(/Page not found/);
  await page.getByRole('link', { name: 'Go to the start' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'People' })).toBeVisible();
  await expect(page).toHaveURL(ORG.users);
}

test.describe('a page that is not there leads on', () => {
  for (const [what, path] of [
    ['an unknown address', '/nowhere/at/all'],
    ['an unknown page of the organization', `/o/${ORG.slug}/nonsense`],
    ['another organization', '/o/difference-engines/users'],
    ['a person of another organization', `${ORG.users}/${NOBODY}`],
    ['an id that is none', `${ORG.users}/42`],
  ] as const) {
    test(what, async ({ page }) => expectNotFound(page, path));
  }

  test('even to somebody who is not signed in', async ({ visitor }) => {
    const page = await visitor();
    expect(await goto(page, '/nowhere')).toBe(404);
    await page.getByRole('link', { name: 'Go to the start' }).click();
    await arrive(page, '/login');
  });
});

test.describe('who is not signed in', () => {
  test.use({ signedIn: false });

  test('signs in and comes back to the very page', async ({ page }) => {
    const wanted = `${ORG.users}?tab=invitations&sort=-name`;
    await page.goto(wanted);
    await arrive(page, `/login?next=${encodeURIComponent(wanted)}`);
    await signIn(page, ADA.email, PASSWORD, wanted);
    await expect(page.getByRole('link', { name: /^Invitations/ })).toHaveAttribute('aria-current', 'page');
  });

  test('comes back after a wrong password as well', async ({ page }) => {
    await page.goto(`${ORG.users}?q=ada`);
    await arrive(page, /\/login\?next=/);
    await enter(page, ADA.email, 'not the password at all');
    await expect(page.getByText('Email or password is not right.')).toBeVisible();
    await signIn(page, ADA.email, PASSWORD, `${ORG.users}?q=ada`);
  });

  test('is not led to another site', async ({ page }) => {
    for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
      await goto(page, `/login?next=${encodeURIComponent(next)}`);
      await signIn(page, ADA.email, PASSWORD, ORG.users);
      await page.context().clearCookies();
    }
  });
});

test('somebody who was deactivated is out at once, and is told so on signing in', async ({ page, server, owner, visitor }) => {
  const grace = await join(server, owner.session, GRACE);
  const hers = await visitor(grace.session);
  await goto(hers, ORG.users);
  await expect(row(hers, ADA.email)).toBeVisible();

  await goto(page, ORG.users);
  await row(page, GRACE.email).getByRole('switch').click();
  await expect(row(page, GRACE.email)).toContainText('Deactivated');

  // On the page that stood open,
  await hers.getByRole('columnheader', { name: 'Full name' }).getByRole('link').click();
  await arrive(hers, /\/login/);
  // and by the password.
  await enter(hers, GRACE.email, OTHER_PASSWORD);
  await expect(hers.getByRole('alert')).toContainText('Your access has been deactivated.');

  await row(page, GRACE.email).getByRole('switch').click();
  await expect(row(page, GRACE.email).getByText('Active', { exact: true })).toBeVisible();
  await enter(hers, GRACE.email, OTHER_PASSWORD);
  await expect(row(hers, ADA.email)).toBeVisible();
});

test('a session that was ended elsewhere does not change anything any more', async ({ page, server, owner, visitor }) => {
  const grace = await join(server, owner.session, GRACE);
  const hers = await visitor(grace.session);
  await goto(hers, `${ORG.users}?dialog=invite`);
  await server.call('people/act', { org: ORG.slug, id: grace.id, op: 'deactivate' }, owner.session);
  await hers.getByLabel('Email addresses').fill('alan@bletchley.example');
  await hers.getByRole('button', { name: 'Send invitations' }).click();
  await expect(hers.getByText('Sign in to continue.').or(hers.getByRole('heading', { name: 'Sign in' })).first()).toBeVisible();
  await goto(page, ORG.users);
  await expect(row(page, GRACE.email)).toBeVisible();
  await expect(row(page, 'alan@bletchley.example')).toHaveCount(0);
});

test('a member is refused clearly, and cannot call what the pages do not offer', async ({ server, owner, visitor }) => {
  const alan = await join(server, owner.session, { first: 'Alan', email: 'alan@bletchley.example' });
  const page = await visitor(alan.session);
  for (const path of [ORG.users, `${ORG.users}/${alan.id}`]) {
    expect(await goto(page, path), path).toBe(403);
    await expect(page.getByRole('heading', { name: 'You do not have access' })).toBeVisible();
    await expect(page.getByRole('alert')).toContainText('Your role does not allow this. Ask an admin of your organization.');
    await expect(page.getByRole('link', { name: 'Invite', exact: true })).toHaveCount(0);
  }
  const call = await server.call<{ message: string }>('invitations/send', { org: ORG.slug, emails: 'eve@x.example' }, alan.session);
  expect(call.status).toBe(403);
  expect(call.data.message).toBe('Your role does not allow this. Ask an admin of your organization.');
});

test('a member gets no dialog by its address either', async ({ server, owner, visitor }) => {
  const alan = await join(server, owner.session, { first: 'Alan', email: 'alan@bletchley.example' });
  const page = await visitor(alan.session);
  for (const dialog of ['add', 'invite', `edit&id=${alan.id}`, `revoke&id=${alan.id}`]) {
    await goto(page, `${ORG.users}?dialog=${dialog}`);
    await expect(page.getByRole('heading', { name: 'You do not have access' }).first()).toBeVisible();
    await expect(page.getByRole('dialog'), dialog).toHaveCount(0);
  }
});

test('a form that another site sends is refused', async ({ server, owner }) => {
  const answer = await fetch(`${server.url}${ORG.users}?dialog=invite`, {
    method: 'POST',
    headers: { cookie: `rollcall=${owner.session}`, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    body: new URLSearchParams({ _fn: '/api/invitations/send', org: ORG.slug, emails: 'eve@evil.example' }),
  });
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain('This request came from another site and was refused. Nothing was changed.');
});

test('a server that is away is said to be away, and the page goes on when it is back', async ({ page, js, context, complaints }) => {
  test.skip(!js, 'without scripts the browser itself says so');
  await goto(page, ORG.users);
  await context.setOffline(true);
  await page.getByRole('link', { name: /^Invitations/ }).click();
  await expect(page.getByText('The server cannot be reached.')).toBeVisible();
  expect(complaints.splice(0)).toEqual(['Failed to load resource: net::ERR_INTERNET_DISCONNECTED']);
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: 'No open invitations' })).toBeVisible();
});

