// The pictures of the documentation, into the folder that SHOTS names: `make shots`.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { choice, linkIn, mail, openMenu } from '../support/people.ts';
import { ADA, askFor, expect, goto, invite, join as becomeMember, ORG, type Page, takeRequests, test } from '../support/test.ts';

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };
const SIZES = [
  ['', WIDE],
  ['-narrow', NARROW],
] as const;
const THEMES = ['light', 'dark'] as const;

const folder = process.env.SHOTS && join(process.env.SHOTS, 'screenshots');

/** Takes the page as it stands, in both themes and sizes: `name-light.png`, `name-narrow-dark.png`. */
async function shoot(page: Page, name: string, how: 'window' | 'whole' = 'window'): Promise<void> {
  for (const [suffix, size] of SIZES) {
    await page.setViewportSize(size);
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.screenshot({ path: join(folder!, `${name}${suffix}-${theme}.png`), animations: 'disabled', caret: 'hide', fullPage: how === 'whole' });
    }
  }
}

if (folder) {
  mkdirSync(folder, { recursive: true });

  test.describe('shots', { tag: '@shots' }, () => {
    test.describe('of an empty installation', () => {
      test.use({ holds: 'nothing' });

      test('set-up', async ({ page }) => {
        await goto(page, '/setup');
        await shoot(page, 'setup');
      });
    });

    test.describe('of many people', () => {
      test.use({ holds: 'people' });

      test('the people', async ({ page }) => {
        await goto(page, ORG.users);
        await page.evaluate(() => document.fonts.ready);
        await shoot(page, 'people');
      });

      test('the menu of a row', async ({ page }) => {
        await goto(page, `${ORG.users}?q=a`);
        const row = page.getByRole('row').filter({ has: page.getByRole('switch', { checked: true }) }).nth(1);
        await openMenu(row);
        await expect(choice(row, 'Edit user')).toBeVisible();
        await shoot(page, 'menu');
      });

      test('the dialogs', async ({ page }) => {
        await goto(page, `${ORG.users}?dialog=invite`);
        await page.getByLabel('Email addresses').fill('Grace Hopper <grace@navy.example>, alan@bletchley.example');
        await shoot(page, 'invite');
        await goto(page, `${ORG.users}?dialog=add`);
        await shoot(page, 'add');
      });

      test('profiles', async ({ page, server, owner }) => {
        const { id } = await invite(server, owner.session, { first: 'Grace', last: 'Hopper', email: 'grace@navy.example' });
        await goto(page, `${ORG.users}/${id}`);
        await expect(page.getByRole('heading', { level: 1 })).toHaveText('Grace Hopper');
        await shoot(page, 'profile');
      });

      test('the mail profile', async ({ page }) => {
        await goto(page, `/o/${ORG.slug}/settings/mail`);
        await page.getByLabel('Accent color').fill('#0f7b54');
        await page.getByLabel('Footer').fill('Analytical Engines Ltd.\n12 St James’s Square, London');
        await page.getByRole('button', { name: 'Preview', exact: true }).click();
        await expect(page.locator('iframe')).toHaveCount(2);
        await shoot(page, 'mail-profile', 'whole');
      });

      test('one’s own account', async ({ page, server, owner }) => {
        await goto(page, `/account?org=${ORG.slug}`);
        await shoot(page, 'account', 'whole');
        await server.call('account/email', { email: 'ada@lovelace.example', password: owner.password }, owner.session);
        await goto(page, `/account?org=${ORG.slug}`);
        await shoot(page, 'account-email');
        await goto(page, linkIn(await mail(server, ADA.email)));
        await shoot(page, 'email-link');
      });

      test('requests for invitations', async ({ page, server, owner, visitor }) => {
        await takeRequests(server, owner.session);
        for (const [n, [first, last]] of [['Grace', 'Hopper'], ['Katherine', 'Johnson'], ['Mary', 'Jackson']].entries()) {
          await askFor(server, { first: first!, last: last!, email: `${first!.toLowerCase()}@navy.example` }, n ? '' : 'I work with Ada on the notes.');
        }
        await becomeMember(server, owner.session, { first: 'Mary', last: 'Jackson', email: 'mary@navy.example' });
        await goto(page, `${ORG.users}?tab=requests`);
        await page.getByRole('checkbox', { name: 'Select the request of Grace Hopper' }).check();
        await shoot(page, 'requests');
        const outside = await visitor();
        await goto(outside, `/o/${ORG.slug}/login`);
        await shoot(outside, 'door');
        await goto(outside, `/o/${ORG.slug}/login/request`);
        await shoot(outside, 'ask');
      });

      test('signing in, and an invitation', async ({ visitor, server, owner }) => {
        const { link } = await invite(server, owner.session, { first: 'Grace', last: 'Hopper', email: 'grace@navy.example' });
        const page = await visitor();
        await goto(page, '/login');
        await shoot(page, 'login');
        await goto(page, link);
        await shoot(page, 'invitation');
        await goto(page, '/forgot');
        await shoot(page, 'forgot');
        await server.call('passwords/forgot', { email: ADA.email });
        await goto(page, linkIn(await mail(server, ADA.email)));
        await shoot(page, 'reset');
      });
    });
  });
}
