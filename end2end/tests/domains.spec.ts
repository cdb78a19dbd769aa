// Domains of an organization (B50): from the record in DNS to the colleague who asks at the door and is in.
import { type Dns, dnsServer } from '../support/dns.ts';
import { accept, expectRefused, expectToast, linkIn, mail, row } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { alive, arrive, expect, goto, type Locator, ORG, OTHER_PASSWORD, type Page, test as base } from '../support/test.ts';

const test = base.extend<{ dns: Dns }>({
  dns: async ({}, use) => {
    const dns = await dnsServer();
    await use(dns);
    dns.stop();
  },
  env: async ({ dns }, use) => use({ ROLLCALL_DNS: dns.at }),
});

const DOMAINS = `/o/${ORG.slug}/settings/domains`;
const DOOR = `/o/${ORG.slug}/login`;
const NAME = 'works.example';
const GRACE = { first: 'Grace', last: 'Hopper', email: 'grace@works.example' };

const domain = (page: Page): Locator => page.getByRole('region', { name: new RegExp(NAME) });

/** Adds the domain and lets it be verified. */
async function verify(page: Page, dns: Dns): Promise<void> {
  await page.getByLabel('Domain', { exact: true }).fill(NAME);
  await page.getByRole('button', { name: 'Add domain' }).click();
  await expectToast(page, `${NAME} has been added.`);
  const value = await domain(page).getByLabel(`Value of the record of ${NAME}`).inputValue();
  dns.texts.set(await domain(page).getByLabel(`Name of the record of ${NAME}`).inputValue(), value);
  await page.getByRole('button', { name: `Check now: ${NAME}` }).click();
  await expectToast(page, `${NAME} is verified.`);
}

/** Chooses how people come in. */
async function choose(page: Page, how: string): Promise<void> {
  await page.getByRole('link', { name: `Choose how people of ${NAME} come in` }).click();
  const dialog = page.getByRole('dialog', { name: `People of ${NAME}` });
  await dialog.getByRole('radio', { name: new RegExp(`^${how}`) }).check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expectToast(page, `How people of ${NAME} come in has been saved.`);
}

test('a domain is verified, and a colleague who asks at the door is invited', async ({ page, server, dns, visitor }) => {
  await goto(page, ORG.users);
  await page.getByRole('link', { name: 'Domains' }).click();
  await expect(page).toHaveURL(DOMAINS);
  await page.getByLabel('Domain', { exact: true }).fill('gmail.com');
  await page.getByRole('button', { name: 'Add domain' }).click();
  await expectRefused(page.getByLabel('Domain', { exact: true }), /^Anybody can have an address of gmail\.com/);

  // Before the record is there, and once it is.
  await page.getByLabel('Domain', { exact: true }).fill(NAME);
  await page.getByRole('button', { name: 'Add domain' }).click();
  await expectToast(page, `${NAME} has been added.`);
  await page.getByRole('button', { name: `Check now: ${NAME}` }).click();
  await expect(domain(page)).toContainText('No record was found.');
  await expect(domain(page)).toContainText('Pending');
  const value = await domain(page).getByLabel(`Value of the record of ${NAME}`).inputValue();
  dns.texts.set(`_rollcall-challenge.${NAME}`, value);
  await page.getByRole('button', { name: `Check now: ${NAME}` }).click();
  await expectToast(page, `${NAME} is verified.`);
  await expect(domain(page)).toContainText('Verified');
  await choose(page, 'Who asks is invited');
  await expect(domain(page)).toContainText('Their role: Member.');

  // A colleague.
  const grace = await visitor();
  await goto(grace, DOOR);
  await grace.getByRole('link', { name: 'Request an invitation' }).click();
  await expect(grace.getByText('For people with an email address of')).toBeVisible();
  await grace.getByLabel('First name').fill(GRACE.first);
  await grace.getByLabel('Last name').fill(GRACE.last);
  await grace.getByLabel('Email').fill(GRACE.email);
  await grace.getByRole('button', { name: 'Send request' }).click();
  await expect(grace.getByRole('heading', { level: 1 })).toHaveText('Your request has been sent');
  await accept(grace, linkIn(await mail(server, GRACE.email)), OTHER_PASSWORD);
  await arrive(grace, new RegExp(ORG.slug));
  await goto(page, ORG.users);
  await expect(row(page, GRACE.email)).toBeVisible();

  // It is given up by typing its name.
  await goto(page, DOMAINS);
  await page.getByRole('link', { name: `Delete ${NAME}` }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete domain' });
  await dialog.getByRole('button', { name: 'Delete domain' }).click();
  await expect(dialog.getByText(`Type ${NAME} to confirm.`).first()).toBeVisible();
  await dialog.getByLabel('To confirm, type the domain').fill(NAME);
  await dialog.getByRole('button', { name: 'Delete domain' }).click();
  await expectToast(page, `${NAME} has been deleted.`);
  await expect(page.getByText('No domain has been added yet.')).toBeVisible();
});

test.describe('with scripts', () => {
  test.describe.configure({ timeout: 120_000 });
  test.beforeEach(({ js }) => test.skip(!js, 'axe and the palette are scripts'));

  test('axe finds nothing, and the palette leads there', async ({ page, dns, visitor }) => {
    await goto(page, ORG.users);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('settings domains');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(DOMAINS);
    await verify(page, dns);
    await expect(page.getByLabel('Domain', { exact: true })).toHaveValue('');
    // The list is read again, and whoever checks again presses the same button.
    await expect(page.getByRole('button', { name: `Check now: ${NAME}` })).toBeFocused();
    await choose(page, 'Who has proven the address joins');
    await expectAccessible(page);
    for (const name of [`Choose how people of ${NAME} come in`, `Delete ${NAME}`]) {
      await goto(page, DOMAINS);
      await page.getByRole('link', { name }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectAccessible(page);
    }
    const nobody = await visitor();
    await goto(nobody, `${DOOR}/request`);
    await alive(nobody);
    await expectAccessible(nobody);
  });
});
