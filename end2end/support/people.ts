// Words for what a person does on the pages, where several tests do it.
import { type ParsedMail } from 'mailparser';
import { type Server } from './server.ts';
import { ADA, alive, arrive, expect, goto, type Locator, ORG, type Page, PASSWORD } from './test.ts';

/** The row of a person, by their address. */
export function row(page: Page, email: string): Locator {
  return page.getByRole('row').filter({ has: page.getByText(email, { exact: true }) });
}

/** Opens the menu of a row. */
export async function openMenu(row: Locator): Promise<void> {
  await row.getByLabel(/^Actions for /).click();
}

/** A choice in the open menu of a row. */
export function choice(row: Locator, name: string): Locator {
  return row.getByRole('link', { name, exact: true }).or(row.getByRole('button', { name, exact: true }));
}

/** The row of somebody with this role who is active, found again by their address whatever changes. */
export async function active(page: Page, role: 'Member' | 'Admin'): Promise<{ row: Locator; name: string; email: string }> {
  const found = page
    .getByRole('row')
    .filter({ has: page.getByRole('cell', { name: role, exact: true }) })
    .filter({ has: page.getByRole('switch', { checked: true }) })
    .first();
  const email = await emailIn(found);
  const name = (await found.locator('.identity-name').textContent()) ?? '';
  return { row: row(page, email), name, email };
}

/** The address in a row. */
export async function emailIn(row: Locator): Promise<string> {
  return (await row.locator('.identity-email').textContent()) ?? '';
}

/** The addresses on the page, in their order. */
export async function emails(page: Page): Promise<string[]> {
  return page.locator('tbody .identity-email').allTextContents();
}

/** A toast. */
export async function expectToast(page: Page, text: string | RegExp): Promise<void> {
  await expect(page.locator('.toasts').getByText(text)).toBeVisible();
}

/** A field that is refused: the message stands beside it and belongs to it. */
export async function expectRefused(field: Locator, message: string | RegExp): Promise<void> {
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription(message);
}

/** Sets the installation up on its page, with a preset of policies. */
export async function found(page: Page, preset: RegExp): Promise<void> {
  await goto(page, '/setup');
  await page.getByLabel('Organization', { exact: true }).fill(ORG.name);
  await page.getByLabel('First name').fill(ADA.first);
  await page.getByLabel('Last name').fill(ADA.last);
  await page.getByLabel('Email').fill(ADA.email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('radio', { name: preset }).check();
  await page.getByRole('button', { name: 'Create organization' }).click();
  await arrive(page, ORG.users);
}

/** Signs in on the sign-in page. */
export async function signIn(page: Page, email: string, password: string, to: string | RegExp = /\/users$/): Promise<void> {
  await enter(page, email, password);
  await arrive(page, to);
}

/** Fills the sign-in page in and sends it. */
export async function enter(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Logs out by the menu at the top right. */
export async function logOut(page: Page): Promise<void> {
  await page.getByLabel(/^Profile of /).click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await arrive(page, /\/login$/);
}

/** The n-th mail to an address, as soon as it is there. */
export async function mail(server: Server, email: string, n = 1): Promise<ParsedMail> {
  let found: ParsedMail[] = [];
  await expect
    .poll(async () => (found = await server.mailTo(email)).length, { message: `mails to ${email}` })
    .toBeGreaterThanOrEqual(n);
  return found[n - 1]!;
}

/** The link with a token of a mail. */
export function linkIn(mail: ParsedMail): string {
  const link = /http:\/\/\S+\/(?:invite|reset|email)\/\S+/.exec(mail.text ?? '')?.[0];
  if (!link) throw new Error(`no link in the mail:\n${mail.text}`);
  return link;
}

/** Fills the page of an invitation in and sends it. */
export async function accept(page: Page, link: string, password: string, name?: [string, string]): Promise<void> {
  await page.goto(link);
  await alive(page);
  if (name) {
    await page.getByLabel('First name').fill(name[0]);
    await page.getByLabel('Last name').fill(name[1]);
  }
  await page.getByLabel('Choose a password').fill(password);
  await page.getByRole('button', { name: 'Accept invitation' }).click();
}

/** Reads the page of a job again until it says so; with scripts it does that by itself. */
export async function comesToSay(page: Page, js: boolean, text: string): Promise<void> {
  if (js) return expect(page.getByRole('status').filter({ hasText: text })).toBeVisible({ timeout: 15_000 });
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole('status').filter({ hasText: text })).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 15_000 });
}

/** Proves somebody’s mailbox by a link that goes there alone; yields their new session. */
export async function proven(server: Server, email: string): Promise<string> {
  // Other mail may be on its way.
  const links = async () => (await server.mailTo(email)).filter((mail) => mail.text?.includes('/reset/')).map(linkIn);
  const before = (await links()).length;
  await server.call('passwords/forgot', { email });
  let found: string[] = [];
  await expect.poll(async () => (found = await links()).length, { message: `links to ${email}` }).toBe(before + 1);
  const token = found.at(-1)!.split('/').at(-1)!;
  await server.call('passwords/reset', { token, password: PASSWORD });
  const { session } = await server.call('session/login', { email, password: PASSWORD });
  if (!session) throw new Error(`${email} cannot sign in`);
  return session;
}
