// The Partner section (B44): a link leads through founding to a customer, the operator enters what was earned and paid, and
// whoever has the role Partner sees that and nothing else. With and without scripts.
import { expectToast, signIn } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { rollcall, type Server } from '../support/server.ts';
import { arrive, expect, goto, ORG, OTHER_PASSWORD, type Page, test } from '../support/test.ts';

const HOME = `/o/${ORG.slug}`;
const PARTNER = `${HOME}/partner`;
const PAUL = { first: 'Paul', last: 'Partner', email: 'paul@partners.example' };
const SHOP = { name: 'Corner Shop', slug: 'corner-shop' };

test.describe.configure({ timeout: 120_000 });

/** Makes Analytical Engines a partner on its page of details. */
async function becomePartner(page: Page): Promise<void> {
  await goto(page, `${HOME}/settings/general`);
  await page.getByRole('radio', { name: /^Partner/ }).check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expectToast(page, 'The organization has been saved.');
}

/** The link that stands in the field of the page. */
async function link(page: Page): Promise<string> {
  await goto(page, PARTNER);
  return page.getByRole('textbox', { name: 'Referral link' }).inputValue();
}

/** Founds the shop by the page behind a link. */
async function foundShop(page: Page, link: string): Promise<void> {
  await goto(page, new URL(link).pathname);
  await expect(page.getByText('You were referred by')).toContainText(ORG.name);
  await page.getByRole('link', { name: 'Create an organization' }).click();
  await expect(page.getByText('You were referred by')).toContainText(ORG.name);
  await page.getByLabel('Name', { exact: true }).fill(SHOP.name);
  await page.getByRole('button', { name: 'Create organization' }).click();
  await arrive(page, new RegExp(`/o/${SHOP.slug}/users$`));
}

/** Enters a commission or payout, as the operator does. */
async function enter(server: Server, kind: 'commission' | 'payout', date: string, amount: string, reference: string, customer = ''): Promise<void> {
  const of = ['--org', ORG.slug, '--amount', amount, '--currency', 'EUR', '--date', date, '--reference', reference];
  const said = await rollcall(server.dir, 'partner', kind, 'add', ...of, ...(customer ? ['--customer', customer] : []));
  expect(said).toContain(`The ${kind} ${reference} is entered for ${ORG.slug}.`);
}

/** Invites somebody with the role Partner, who accepts at once. */
async function joinAsPartner(server: Server, session: string): Promise<string> {
  type Sent = { data: { outcome: { invited?: { link: string } } }[] };
  const sent = await server.call<Sent>('invitations/send', { org: ORG.slug, emails: PAUL.email, role: 'partner' }, session);
  const token = sent.data.data[0]!.outcome.invited!.link.split('/').at(-1)!;
  const form = { token, first_name: PAUL.first, last_name: PAUL.last, password: OTHER_PASSWORD };
  const accepted = await server.call('invitations/accept_new', form);
  if (!accepted.session) throw new Error(`Paul cannot accept: ${JSON.stringify(accepted.data)}`);
  return accepted.session;
}

test('a link leads to a customer, and what is entered about it is seen', async ({ page, server, js }) => {
  // A customer organization has no such section.
  await goto(page, ORG.users);
  await expect(page.getByRole('navigation', { name: 'Organization' }).getByRole('link', { name: 'Partner' })).toHaveCount(0);
  expect(await goto(page, PARTNER)).toBe(404);
  await becomePartner(page);
  await page.getByRole('navigation', { name: 'Organization' }).getByRole('link', { name: 'Partner' }).click();
  await arrive(page, new RegExp(`${PARTNER}$`));
  await expect(page.getByText('No commissions or payouts yet')).toBeVisible();
  await page.getByRole('link', { name: 'Customers', exact: true }).click();
  await expect(page.getByText('No customers yet')).toBeVisible();
  await page.getByRole('link', { name: 'Get your link' }).click();
  await arrive(page, new RegExp(`${PARTNER}$`));
  const copy = page.getByRole('button', { name: /^Copy link/ });
  if (js) await expect(copy).toBeVisible();
  else await expect(copy).toBeHidden();
  await foundShop(page, await link(page));

  await enter(server, 'commission', '2025-01-31', '99', 'INV-1', SHOP.slug);
  const today = new Date().toISOString().slice(0, 10);
  await enter(server, 'commission', today, '1234.50', 'INV-2', SHOP.slug);
  await enter(server, 'payout', today, '1000', 'Transfer 7');
  await goto(page, PARTNER);
  const figures = page.getByRole('region', { name: 'EUR' });
  await expect(figures.getByRole('definition').nth(0)).toHaveText('1,333.50 EUR');
  await expect(figures.getByRole('definition').nth(1)).toHaveText('1,000.00 EUR');
  await expect(figures.getByRole('definition').nth(2)).toHaveText('333.50 EUR');
  await expect(figures.getByRole('img', { name: /^Chart: commissions and payouts in EUR by month/ })).toBeVisible();
  await figures.getByRole('link', { name: /^1,234.50 EUR: Commissions of/ }).click();
  await expect(page.getByRole('row', { name: /INV-2/ })).toContainText(SHOP.name);
  await expect(page.getByRole('row', { name: /INV-1/ })).toHaveCount(0);
  await page.getByRole('link', { name: /^Month: .*remove filter$/ }).click();
  await expect(page.getByRole('row', { name: /INV-1/ })).toContainText('31 Jan 2025');
  await page.getByRole('navigation', { name: 'Partner section' }).getByRole('link', { name: 'Payouts' }).click();
  await expect(page.getByRole('row', { name: /Transfer 7/ })).toContainText('1,000.00 EUR');
  await page.getByRole('navigation', { name: 'Partner section' }).getByRole('link', { name: 'Customers' }).click();
  await expect(page.getByRole('row', { name: new RegExp(SHOP.name) })).toContainText('1,333.50 EUR');
  await expect(page.getByRole('row', { name: new RegExp(SHOP.name) })).toContainText('Active');
});

test('a link that was replaced says so, and founding goes on without it', async ({ page, visitor }) => {
  await becomePartner(page);
  const old = new URL(await link(page)).pathname;
  await page.getByRole('link', { name: 'Replace link' }).click();
  const dialog = page.getByRole('dialog', { name: 'Replace the referral link' });
  await expect(dialog).toContainText('no longer valid');
  await dialog.getByRole('button', { name: 'Replace link' }).click();
  await expectToast(page, /The referral link is another one now/);
  await expect(page.getByRole('textbox', { name: 'Referral link' })).not.toHaveValue(new RegExp(old));

  const stranger = await visitor();
  expect(await goto(stranger, old)).toBe(410);
  await expect(stranger.getByRole('heading', { name: 'This link is no longer valid' })).toBeVisible();
  await goto(page, `/orgs/new?ref=${old.split('/').at(-1)}`);
  await expect(page.getByText('no longer valid')).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill(SHOP.name);
  await page.getByRole('button', { name: 'Create organization' }).click();
  await arrive(page, new RegExp(`/o/${SHOP.slug}/users$`));
  await goto(page, `${PARTNER}/customers`);
  await expect(page.getByText('No customers yet')).toBeVisible();
});

test('who follows a link signed out comes back to it after signing in', async ({ page, visitor, owner }) => {
  await becomePartner(page);
  const path = new URL(await link(page)).pathname;
  const ada = await visitor();
  await goto(ada, path);
  await ada.getByRole('link', { name: 'Create an organization' }).click();
  await expect(ada).toHaveURL(/\/login\?next=/);
  await signIn(ada, 'ada@analytical.example', owner.password, /\/orgs\/new\?ref=[0-9a-z]{16}$/);
  await expect(ada.getByText('You were referred by')).toContainText(ORG.name);
});

test('whoever has the role Partner sees the section and nothing else', async ({ page, server, owner, visitor }) => {
  await becomePartner(page);
  await joinAsPartner(server, owner.session);
  const paul = await visitor();
  await goto(paul, '/login');
  await signIn(paul, PAUL.email, OTHER_PASSWORD, new RegExp(`${PARTNER}$`));
  await expect(paul.getByRole('navigation', { name: 'Organization' }).getByRole('link')).toHaveText(['Partner']);
  await expect(paul.getByRole('textbox', { name: 'Referral link' })).toBeVisible();
  await expect(paul.getByRole('link', { name: 'Replace link' })).toHaveCount(0);
  await paul.getByLabel(`Profile of ${PAUL.first} ${PAUL.last}`).click();
  await expect(paul.getByRole('link', { name: 'Users' })).toHaveCount(0);
  for (const path of [ORG.users, `${HOME}/groups`, `${HOME}/settings/general`]) {
    expect(await goto(paul, path)).toBe(403);
    await expect(paul.getByText('You do not have access')).toBeVisible();
  }
  await paul.getByRole('link', { name: 'Go to the start' }).click();
  await arrive(paul, new RegExp(`${PARTNER}$`));
});

test.describe('with scripts', () => {
  test.beforeEach(({ js }) => test.skip(!js, 'axe, the clipboard and the palette are scripts'));

  test('the link is copied, and the palette leads to the section', async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await becomePartner(page);
    const shared = await link(page);
    await page.getByRole('button', { name: /^Copy link/ }).click();
    await expect(page.getByRole('button', { name: /^Copied/ })).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(shared);
    await goto(page, ORG.users);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('commissions');
    await page.keyboard.press('Enter');
    await arrive(page, new RegExp(`${PARTNER}$`));
  });

  test('axe finds nothing on the pages of the section', async ({ page, server, visitor }) => {
    await becomePartner(page);
    await goto(page, `${PARTNER}/customers`);
    await expectAccessible(page);
    await goto(page, PARTNER);
    await expectAccessible(page);
    const shared = await link(page);
    await foundShop(page, shared);
    await enter(server, 'commission', '2025-01-31', '99', 'INV-1', SHOP.slug);
    const today = new Date().toISOString().slice(0, 10);
    await enter(server, 'commission', today, '1234567.50', 'INV-2', SHOP.slug);
    await enter(server, 'payout', today, '-12.50', 'Correction of a transfer with a rather long reference that has to wrap');
    for (const path of ['', '?dialog=replace', '/customers', '/commissions', '/commissions?month=2024-12', '/payouts']) {
      await goto(page, `${PARTNER}${path}`);
      await expectAccessible(page);
    }
    const code = shared.split('/').at(-1);
    for (const path of [`/orgs/new?ref=${code}`, '/orgs/new?ref=zzzzzzzzzzzzzzzz']) {
      await goto(page, path);
      await expectAccessible(page);
    }
    const stranger = await visitor();
    for (const path of [`/r/${code}`, '/r/zzzzzzzzzzzzzzzz']) {
      await goto(stranger, path);
      await expectAccessible(stranger);
    }
  });
});
