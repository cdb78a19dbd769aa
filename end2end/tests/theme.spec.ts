// Light, dark or as the system has it, from the first byte of every page.
import { arrive, expect, goto, ORG, type Page, PASSWORD, reload, test } from '../support/test.ts';
import { ADA } from '../support/test.ts';
import { enter } from '../support/people.ts';

const root = (page: Page) => page.locator('html');

async function choose(page: Page, theme: 'Light' | 'Dark' | 'System'): Promise<void> {
  await page.getByLabel(/^Profile of /).click();
  const button = page.getByRole('button', { name: `${theme} theme` });
  const kept = page.waitForResponse((response) => response.request().method() === 'POST');
  await button.click();
  await kept;
  await expect(root(page)).toHaveAttribute('data-theme', theme.toLowerCase());
}

/** What the server writes, before any script or style. */
async function firstByte(page: Page, path: string): Promise<string | undefined> {
  const html = await (await page.context().request.get(path)).text();
  return /<html[^>]*data-theme="(\w+)"/.exec(html)?.[1];
}

/** The background that is seen. */
const background = (page: Page) => page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);

for (const [from, to] of [
  ['light', 'Dark'],
  ['dark', 'Light'],
] as const) {
  test.describe(`on a system that is ${from}`, () => {
    test.use({ colorScheme: from });

    test(`${to} is kept from page to page and over a reload, from the first byte on`, async ({ page }) => {
      await goto(page, ORG.users);
      await expect(root(page)).toHaveAttribute('data-theme', 'system');
      const before = await background(page);
      await choose(page, to);
      await expect.poll(() => background(page)).not.toBe(before);
      const after = await background(page);

      await reload(page);
      await expect(root(page)).toHaveAttribute('data-theme', to.toLowerCase());
      expect(await background(page)).toBe(after);
      await page.getByLabel(/^Profile of /).click();
      await expect(page.getByRole('button', { name: `${to} theme` })).toHaveAttribute('aria-pressed', 'true');
      for (const path of [ORG.users, '/orgs', '/login', '/nowhere']) expect(await firstByte(page, path), path).toBe(to.toLowerCase());
    });

    test(`“System” follows the system again after ${to}`, async ({ page }) => {
      await goto(page, ORG.users);
      const before = await background(page);
      await choose(page, to);
      await reload(page);
      await choose(page, 'System');
      await reload(page);
      expect(await background(page)).toBe(before);
      expect(await firstByte(page, ORG.users)).toBe('system');
      await page.emulateMedia({ colorScheme: from === 'light' ? 'dark' : 'light' });
      await expect.poll(() => background(page)).not.toBe(before);
    });
  });
}

test('the choice outlives the session', async ({ page }) => {
  await goto(page, ORG.users);
  await choose(page, 'Dark');
  await reload(page);
  await page.getByLabel(/^Profile of /).click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await arrive(page, /\/login$/);
  await expect(root(page)).toHaveAttribute('data-theme', 'dark');
  await enter(page, ADA.email, PASSWORD);
  await arrive(page, ORG.users);
  await expect(root(page)).toHaveAttribute('data-theme', 'dark');
});

test('choosing a theme leaves the page, its search and its dialog as they are', async ({ page }) => {
  await goto(page, `${ORG.users}?q=ada`);
  await choose(page, 'Dark');
  await expect(page).toHaveURL(`${ORG.users}?q=ada`);
  await expect(page.getByRole('searchbox')).toHaveValue('ada');
});
