// Settings → Mail: how the mail of an organization looks, by which server it leaves, and what is told before it is saved.
import { once } from 'node:events';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { expectRefused, expectToast, mail } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { ADA, arrive, expect, goto, invite, join, ORG, type Page, test as base } from '../support/test.ts';

const PAGE = `/o/${ORG.slug}/settings/mail`;
const GRACE = { first: 'Grace', last: 'Hopper', email: 'grace@navy.example' };
const BARBARA = { first: 'Barbara', last: 'Liskov', email: 'barbara@mit.example', admin: true };
/** One pixel. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAACklEQVR4nGMAAQAABQABDQottAAAAABJRU5ErkJggg==', 'base64');

/** A mail server that wants `ada` and `hush`, and takes no mail for `nobody@`. */
type Post = { mails: ParsedMail[]; port: number };

const test = base.extend<{ post: Post }>({
  post: async ({}, use) => {
    const post: Post = { mails: [], port: 0 };
    const smtp = new SMTPServer({
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth({ username, password }, _session, done) {
        if (username === 'ada' && password === 'hush') return done(null, { user: username });
        return done(Object.assign(new Error('5.7.8 user or password are wrong'), { responseCode: 535 }));
      },
      onData(stream, _session, done) {
        simpleParser(stream).then((mail) => {
          post.mails.push(mail);
          return done();
        }, done);
      },
    });
    const listener = smtp.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const address = listener.address();
    post.port = (typeof address === 'object' && address?.port) || 0;
    await use(post);
    await new Promise<void>((resolve) => smtp.close(resolve));
  },
  env: { ROLLCALL_PRIVATE_MAIL_SERVERS: 'true' },
});

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const report = (page: Page) => page.getByRole('region', { name: 'Test mail' });
const preview = (page: Page) => page.getByRole('region', { name: 'Preview' });

async function fillServer(page: Page, port: number, password: string): Promise<void> {
  await page.getByLabel(/^Host/).fill('127.0.0.1');
  await page.getByLabel(/^Port/).fill(String(port));
  await page.getByLabel('Encryption').selectOption('none');
  await page.getByLabel(/^User/).fill('ada');
  await page.getByLabel(/^Password/).fill(password);
  await page.getByLabel('Sender address').fill('people@engines.example');
}

async function save(page: Page): Promise<void> {
  await button(page, 'Save').click();
  await expectToast(page, 'The mail profile has been saved.');
  await arrive(page, PAGE);
}

test('the sidebar leads there, and mails look as was chosen from then on', async ({ page, server, owner }) => {
  await goto(page, ORG.users);
  await page.getByRole('navigation', { name: 'Organization' }).getByRole('link', { name: 'Mail', exact: true }).click();
  await expect(page).toHaveURL(PAGE);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mail');
  await page.getByLabel('Sender name').fill('Engines People');
  await page.getByLabel('Reply-to address').fill('help@engines.example');
  await page.getByLabel('Accent color').fill('#ffd400');
  await page.getByLabel('Footer').fill('Engines Ltd.\n12 St James’s Square');
  await save(page);
  await expect(page.getByLabel('Accent color')).toHaveValue('#ffd400');
  await expect(page.getByLabel('Footer')).toHaveValue('Engines Ltd.\n12 St James’s Square');

  await invite(server, owner.session, GRACE);
  const invitation = await mail(server, GRACE.email);
  expect(invitation.from?.value[0]?.name).toBe('Engines People');
  expect(invitation.replyTo?.value[0]?.address).toBe('help@engines.example');
  expect(invitation.html).toContain('background:#ffd400;color:#000000');
  expect(invitation.text).toContain('12 St James’s Square');
});

test('a preview shows what is entered, in frames without scripts, before it is saved', async ({ page }) => {
  await goto(page, PAGE);
  await page.getByLabel('Accent color').fill('#00aa00');
  await page.getByLabel('Footer').fill('Only entered');
  await page.getByLabel('Mail to preview').selectOption('welcome');
  await button(page, 'Preview').click();
  await expect(preview(page)).toContainText('Buttons of #00aa00 carry black text');
  const frames = preview(page).locator('iframe');
  await expect(frames).toHaveCount(2);
  // The browser shows both: nothing of the page's policy is in their way.
  const shown = () => page.frames().map((frame) => new URL(frame.url(), page.url()).pathname);
  await expect.poll(shown).toEqual(expect.arrayContaining([`${PAGE}/preview/welcome/html`, `${PAGE}/preview/welcome/text`]));
  const read = async (n: number) => (await page.request.get((await frames.nth(n).getAttribute('src'))!)).text();
  const [html, text] = [await read(0), await read(1)];
  for (const part of [`Welcome to ${ORG.name}`, 'background:#00aa00;color:#000000', 'Only entered']) expect(html).toContain(part);
  expect(text).toContain(`Subject: Your account at ${ORG.name}`);
  // What was entered is there still, and nothing is saved.
  await expect(page.getByLabel('Footer')).toHaveValue('Only entered');
  await goto(page, PAGE);
  await expect(page.getByLabel('Footer')).toHaveValue('');
});

test('a test mail tells what the server said', async ({ page, post, js }) => {
  await goto(page, PAGE);
  await fillServer(page, post.port, 'loud');
  await button(page, 'Send me a test').click();
  await expect(report(page)).toContainText('The server refuses user and password.');
  await expect(report(page)).toContainText('535');
  expect(post.mails).toEqual([]);

  await page.getByLabel(/^Password/).fill('hush');
  await button(page, 'Send me a test').click();
  await expect(report(page)).toContainText('The mail server has accepted the mail.');
  await expect.poll(() => post.mails.length).toBe(1);
  expect(post.mails[0]!.subject).toBe(`The mail of ${ORG.name} works`);
  expect(post.mails[0]!.to).toMatchObject({ value: [{ address: ADA.email }] });

  // Without a script a password does not come back to the page, which says so.
  await expect(page.getByLabel(/^Password/)).toHaveValue(js ? 'hush' : '');
  if (!js) await expect(page.getByText('Type it again: what was typed does not come back to this page.')).toBeVisible();
  await page.getByLabel(/^Password/).fill('hush');
  await save(page);
  await expect(page.getByText('One is saved, and is never shown.')).toBeVisible();
  await expect(page.getByLabel(/^Password/)).toHaveValue('');

  // Nothing listens there any more.
  await page.getByLabel(/^Port/).fill('1');
  await button(page, 'Send me a test').click();
  await expectRefused(page.getByLabel(/^Password/), /It is asked for again/);
  await page.getByLabel(/^Password/).fill('hush');
  await button(page, 'Send me a test').click();
  await expect(report(page)).toContainText('The connection was refused');
});

test('mails leave by the organization’s own server', async ({ page, post, server, owner }) => {
  await goto(page, PAGE);
  await fillServer(page, post.port, 'hush');
  await save(page);
  await invite(server, owner.session, GRACE);
  await expect.poll(() => post.mails.length).toBe(1);
  expect(post.mails[0]!.from?.value[0]?.address).toBe('people@engines.example');
});

test('a logo is uploaded, travels with mails, and goes again', { tag: '@function' }, async ({ page, server, owner }) => {
  await goto(page, PAGE);
  await page.getByLabel('Picture').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from('<svg/>') });
  await button(page, 'Upload logo').click();
  await expectRefused(page.getByLabel('Picture'), /Choose a PNG, JPEG or WebP file/);
  await page.getByLabel('Picture').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: PNG });
  await button(page, 'Upload logo').click();
  await expectToast(page, 'The logo has been saved.');
  await arrive(page, PAGE);
  const logo = page.getByRole('img', { name: 'The logo as it is' });
  await expect(logo).toBeVisible();
  expect(await logo.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(1);

  await invite(server, owner.session, GRACE);
  const invitation = await mail(server, GRACE.email);
  expect(invitation.attachments.map(({ cid, contentType }) => [cid, contentType])).toEqual([['logo@rollcall', 'image/png']]);

  await button(page, 'Remove logo').click();
  await expectToast(page, 'The logo has been removed.');
  await arrive(page, PAGE);
  await expect(logo).toHaveCount(0);
});

test('what is wrong stands beside its field, and nothing that was entered is lost', async ({ page }) => {
  await goto(page, PAGE);
  await page.getByLabel('Sender name').fill('Engines People');
  await page.getByLabel('Accent color').fill('red');
  await page.getByLabel('Reply-to address').fill('nobody');
  await page.getByLabel(/^Host/).fill('smtp://engines.example');
  await button(page, 'Save').click();
  await expectRefused(page.getByLabel('Accent color'), /six hexadecimal digits/);
  await expectRefused(page.getByLabel('Reply-to address'), /not a valid email address/);
  await expectRefused(page.getByLabel(/^Host/), /Enter the host alone/);
  await expectRefused(page.getByLabel('Sender address'), /Your server has to accept it/);
  await expect(page.getByLabel('Sender name')).toHaveValue('Engines People');
});

test('whoever saves second is told, and keeps what they entered', async ({ page, server, owner, visitor }) => {
  const barbara = await visitor((await join(server, owner.session, BARBARA)).session);
  await goto(page, PAGE);
  await goto(barbara, PAGE);
  await barbara.getByLabel('Sender name').fill('Of Barbara');
  await save(barbara);
  await page.getByLabel('Sender name').fill('Of Ada');
  await button(page, 'Save').click();
  await expect(page.getByRole('alert').filter({ hasText: 'Somebody else changed the mail profile meanwhile' })).toBeVisible();
  await expect(page.getByLabel('Sender name')).toHaveValue('Of Ada');
});

test('whoever is no admin is refused', async ({ server, owner, visitor }) => {
  const grace = await visitor((await join(server, owner.session, GRACE)).session);
  expect(await goto(grace, PAGE)).toBe(403);
  await expect(grace.getByRole('heading', { name: 'You do not have access' })).toBeVisible();
  await expect(grace.getByRole('link', { name: 'Mail', exact: true })).toHaveCount(0);
});

test('the page leads there from the palette', async ({ page, js }) => {
  test.skip(!js, 'the palette is a script');
  await goto(page, ORG.users);
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('combobox').fill('settings mail');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(PAGE);
});

test.describe('for everybody', () => {
  test.describe.configure({ timeout: 90_000 });
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('axe finds nothing on the page, with a report and with errors', async ({ page, js }) => {
    test.skip(!js, 'axe is a script');
    await goto(page, PAGE);
    await expectAccessible(page);
    await page.getByLabel('Accent color').fill('red');
    await button(page, 'Save').click();
    await expect(page.getByText('six hexadecimal digits').first()).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel('Accent color').fill('#3b55d9');
    await button(page, 'Send me a test').click();
    await expect(report(page)).toBeVisible();
    await expectAccessible(page);
  });
});
