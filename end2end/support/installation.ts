// Installations to begin with. Each is made once by each worker and then copied, database and all, for every test.
import { rm } from 'node:fs/promises';
import { dataDir, rollcall, Server } from './server.ts';

/** What a test's server holds when it starts. */
export type Holds =
  /** Nothing: `/setup` is open. */
  | 'nothing'
  /** Ada Lovelace, who owns Analytical Engines. */
  | 'owner'
  /** The same with three hundred people. */
  | 'people';

export const ORG = { name: 'Analytical Engines', slug: 'analytical-engines', users: '/o/analytical-engines/users' };
export const ADA = { first: 'Ada', last: 'Lovelace', name: 'Ada Lovelace', email: 'ada@analytical.example' };
/** Passwords that nobody's dictionary holds. */
export const PASSWORD = 'gravel-otter-ninth-plum';
export const OTHER_PASSWORD = 'velvet mango 27 tractors';

/** A data folder to copy, and how its owner signs in. */
export type Installation = { dir: string; password: string; session: string };

/** Makes an installation. */
export async function install(holds: 'owner' | 'people'): Promise<Installation> {
  const dir = await dataDir();
  let password = PASSWORD;
  if (holds === 'people') {
    const said = await rollcall(dir, 'demo', '--users', '300');
    password = /with the password (\S+)/.exec(said)?.[1] ?? '';
  }
  const server = await Server.start(dir);
  const signed =
    holds === 'people'
      ? await server.call('session/login', { email: ADA.email, password })
      : await setUp(server);
  // In order, so that nothing of the database is left outside of its file.
  await server.stop('SIGTERM');
  if (!signed.session) throw new Error(`Ada cannot sign in: ${JSON.stringify(signed.data)}`);
  return { dir, password, session: signed.session };
}

/** Sets a server up that holds nothing: Ada owns Analytical Engines. */
export function setUp(server: Server): ReturnType<Server['call']> {
  return server.call('setup', {
    org_name: ORG.name,
    first_name: ADA.first,
    last_name: ADA.last,
    email: ADA.email,
    password: PASSWORD,
    preset: 'invitation_links',
  });
}

/** Takes an installation away. */
export async function uninstall(installation: Installation): Promise<void> {
  await rm(installation.dir, { recursive: true, force: true });
}

type Sent = { data: { outcome: { invited?: { link: string; membership_id: string } } }[] };

/** Invites somebody; the link and the id of the row. */
export async function invite(server: Server, session: string, who: Person): Promise<{ link: string; id: string }> {
  const { first, last = '', email, admin } = who;
  const form = { org: ORG.slug, first_name: first, last_name: last, email, ...(admin ? { admin: 'on' } : {}) };
  const sent = await server.call<Sent>('invitations/send_one', form, session);
  const invited = sent.data.data?.[0]?.outcome.invited;
  if (!invited) throw new Error(`${email} was not invited: ${JSON.stringify(sent.data)}`);
  return { link: invited.link, id: invited.membership_id };
}

export type Person = { first: string; last?: string; email: string; admin?: boolean };

/** Lets people ask for invitations, by the preset that does. */
export async function takeRequests(server: Server, session: string): Promise<void> {
  const saved = await server.call('policies/save', { org: ORG.slug, version: '0', preset: 'requests_and_expiry' }, session);
  if (saved.status !== 200) throw new Error(`the policies were not saved: ${JSON.stringify(saved.data)}`);
}

/** Asks for an invitation. */
export async function askFor(server: Server, who: Person, message = ''): Promise<void> {
  const form = { org: ORG.slug, first_name: who.first, last_name: who.last ?? '', email: who.email, message };
  const asked = await server.call('requests/ask', form);
  if (asked.status !== 200) throw new Error(`${who.email} could not ask: ${JSON.stringify(asked.data)}`);
}

/** Invites somebody who accepts at once; their session and the id of the row. */
export async function join(server: Server, session: string, who: Person): Promise<{ session: string; id: string }> {
  const { link, id } = await invite(server, session, who);
  const form = { token: link.split('/').at(-1)!, first_name: who.first, last_name: who.last ?? '', password: OTHER_PASSWORD };
  const accepted = await server.call('invitations/accept_new', form);
  if (!accepted.session) throw new Error(`${who.email} cannot accept: ${JSON.stringify(accepted.data)}`);
  return { session: accepted.session, id };
}
