// Mail over SMTP, to a server that runs inside the test.
import { once } from 'node:events';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { linkIn, openMenu, row } from '../support/people.ts';
import { recipients } from '../support/server.ts';
import { expect, goto, invite, ORG, test as base } from '../support/test.ts';
import type { ParsedMail } from 'mailparser';

/** A mail server; `refusal` is what it answers to every mail, until that is taken away. */
type Post = { mails: ParsedMail[]; tries: number; refusal: number | undefined; url: string };

const test = base.extend<{ post: Post }>({
  post: async ({}, use) => {
    const post: Post = { mails: [], tries: 0, refusal: undefined, url: '' };
    const smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData(stream, _session, done) {
        simpleParser(stream).then((mail) => {
          post.tries += 1;
          if (post.refusal) return done(Object.assign(new Error('not today'), { responseCode: post.refusal }));
          post.mails.push(mail);
          return done();
        }, done);
      },
    });
    const listener = smtp.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const address = listener.address();
    post.url = `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    await use(post);
    await new Promise<void>((resolve) => smtp.close(resolve));
  },
  env: async ({ post }, use) => use({ ROLLCALL_SMTP_URL: post.url, ROLLCALL_MAIL_FROM: 'People <people@engines.example>' }),
});

const ZOE = { first: 'Zoë', last: 'Ørsted', name: 'Zoë Ørsted', email: 'zoe@kopenhagen.example' };

test('an invitation arrives as text and as HTML, and its link works', async ({ page, post, server, visitor }) => {
  await goto(page, `${ORG.users}?dialog=add`);
  const dialog = page.getByRole('dialog', { name: 'Invite user to team' });
  await dialog.getByLabel('First name').fill(ZOE.first);
  await dialog.getByLabel('Last name').fill(ZOE.last);
  await dialog.getByLabel('Email').fill(ZOE.email);
  await dialog.getByRole('button', { name: 'Invite user' }).click();
  await expect(page.getByText('1 invitation is on its way.')).toBeVisible();
  await expect.poll(() => post.mails.length).toBe(1);

  const [mail] = post.mails;
  expect(mail!.from?.value).toEqual([{ name: 'People', address: 'people@engines.example' }]);
  expect(recipients(mail!)).toEqual([ZOE.email]);
  expect(mail!.to).toMatchObject({ value: [{ name: ZOE.name }] });
  expect(mail!.subject).toBe(`Ada Lovelace invites you to ${ORG.name}`);
  expect(mail!.messageId).toMatch(/^<[\w-]+@engines\.example>$/);
  expect(Math.abs(Date.now() - (mail!.date?.getTime() ?? 0))).toBeLessThan(60_000);
  expect(mail!.headers.get('content-type')).toMatchObject({ value: 'multipart/alternative' });
  expect(mail!.text).toContain(`Hello ${ZOE.name},`);
  expect(mail!.text).toContain(`invites you to ${ORG.name} as Member`);
  const link = linkIn(mail!);
  expect(link).toContain(`${server.url}/invite/`);
  expect(mail!.html).toContain(`<a href="${link}"`);
  expect(mail!.html).toContain(`Hello ${ZOE.name},`);

  const zoe = await visitor();
  await goto(zoe, link);
  await expect(zoe.getByRole('heading', { level: 1 })).toHaveText(`Join ${ORG.name}`);
});

test('the profile says that the mail server has taken the mail', async ({ page, post, server, owner }) => {
  const { id } = await invite(server, owner.session, ZOE);
  await expect.poll(() => post.mails.length).toBe(1);
  await expect(async () => {
    await goto(page, `${ORG.users}/${id}`);
    await expect(page.getByText('Sent: the mail server has taken it')).toBeVisible({ timeout: 500 });
  }).toPass();
});

test('a mail that the server refuses for now waits for another try', async ({ page, post, server, owner }) => {
  post.refusal = 451;
  const { id } = await invite(server, owner.session, ZOE);
  await expect.poll(() => post.tries).toBe(1);
  await goto(page, `${ORG.users}/${id}`);
  await expect(page.getByText('Queued: waits for the mail server')).toBeVisible();

  // To send it again does not wait for that try.
  post.refusal = undefined;
  await goto(page, ORG.users);
  await openMenu(row(page, ZOE.email));
  await row(page, ZOE.email).getByRole('button', { name: 'Resend invitation' }).click();
  await expect.poll(() => post.mails.length).toBe(1);
});

test('a mail that the server refuses for good is said to have failed', async ({ page, post, server, owner }) => {
  post.refusal = 550;
  const { id } = await invite(server, owner.session, ZOE);
  await expect.poll(() => post.tries).toBe(1);
  await expect(async () => {
    await goto(page, `${ORG.users}/${id}`);
    await expect(page.getByText('Failed: the mail server refused it')).toBeVisible({ timeout: 500 });
  }).toPass();
  expect(post.tries).toBe(1);
});
