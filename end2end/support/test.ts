// What every test has at hand: a server of its own, the signed-in owner's browser, other people's browsers, and a watch
// over the console.
import { type BrowserContext, expect, type Page, test as base } from '@playwright/test';
import { type Holds, type Installation, install, setUp, uninstall } from './installation.ts';
import { database, type Database } from './postgres.ts';
import { dataDir, Server } from './server.ts';

export { expect } from '@playwright/test';
export type { Locator, Page } from '@playwright/test';
export * from './installation.ts';

type Options = {
  /** What the server holds at first. */
  holds: Holds;
  /** Where the server keeps it; PostgreSQL begins with nothing. */
  engine: 'SQLite' | 'PostgreSQL';
  /** Further settings of the server. */
  env: Record<string, string>;
  /** Whether the browser is the owner's, signed in. */
  signedIn: boolean;
};

type Fixtures = {
  /** Whether this is the run with scripts. */
  js: boolean;
  /** Its database, where that is PostgreSQL. */
  postgres: Database | undefined;
  /** The server. */
  server: Server;
  /** How the owner signs in, where there is one. */
  owner: Installation;
  /** A new browser of somebody else: with this session, or signed out. */
  visitor: (session?: string) => Promise<Page>;
  /** What went wrong in the browsers. */
  complaints: string[];
};

type OfWorker = { installations: (holds: 'owner' | 'people') => Promise<Installation> };

export const test = base.extend<Options & Fixtures, OfWorker>({
  holds: ['owner', { option: true }],
  engine: ['SQLite', { option: true }],
  env: [{}, { option: true }],
  signedIn: [true, { option: true }],

  installations: [
    async ({}, use) => {
      const made = new Map<string, Promise<Installation>>();
      await use((holds) => {
        const known = made.get(holds) ?? install(holds);
        made.set(holds, known);
        return known;
      });
      for (const installation of made.values()) await uninstall(await installation);
    },
    { scope: 'worker' },
  ],

  js: async ({}, use, info) => use(info.project.use.javaScriptEnabled !== false),

  owner: async ({ installations, holds }, use) => {
    if (holds === 'nothing') throw new Error('there is no owner yet');
    await use(await installations(holds));
  },

  postgres: async ({ engine }, use) => {
    const own = engine === 'PostgreSQL' ? await database() : undefined;
    await use(own);
    await own?.drop();
  },

  server: async ({ installations, holds, engine, env, postgres }, use, info) => {
    if (engine === 'PostgreSQL' && holds !== 'nothing') throw new Error('on PostgreSQL a test begins with nothing');
    const from = holds === 'nothing' ? undefined : (await installations(holds)).dir;
    const server = await Server.start(await dataDir(from), { ...env, ...(postgres ? { ROLLCALL_DATABASE_URL: postgres.url } : {}) });
    await use(server);
    if (info.status !== info.expectedStatus) await info.attach('server.log', { body: server.log, contentType: 'text/plain' });
    await server.remove();
    expect.soft(server.complaints, 'what the server logged').toEqual([]);
  },

  baseURL: async ({ server }, use) => use(server.url),

  storageState: async ({ installations, holds, signedIn }, use) => {
    const session = signedIn && holds !== 'nothing' ? (await installations(holds)).session : undefined;
    await use({ cookies: cookies(session), origins: [] });
  },

  complaints: [
    async ({}, use) => {
      const complaints: string[] = [];
      await use(complaints);
      expect.soft(complaints, 'what the browser complained about').toEqual([]);
    },
    { auto: true },
  ],

  context: async ({ context, complaints }, use) => {
    listen(context, complaints);
    await use(context);
  },

  visitor: async ({ browser, complaints, javaScriptEnabled, server }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (session) => {
      const storageState = { cookies: cookies(session), origins: [] };
      const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled, storageState });
      contexts.push(context);
      listen(context, complaints);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },
});

function cookies(session: string | undefined) {
  if (!session) return [];
  const cookie = { name: 'rollcall', value: session, domain: '127.0.0.1', path: '/', expires: -1 };
  return [{ ...cookie, httpOnly: true, secure: false, sameSite: 'Lax' as const }];
}

/** Sets the server up that a page looks at, and signs Ada in there; her session. */
export async function begin(page: Page, server: Server): Promise<string> {
  const { session } = await setUp(server);
  if (!session) throw new Error('the server was not set up');
  await page.context().addCookies(cookies(session));
  return session;
}

/** Notes errors of scripts, of the console and of the content security policy; an answer of 4xx is meant. */
function listen(context: BrowserContext, complaints: string[]): void {
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('console', (message) => {
    const refused = /^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text());
    // Playwright asks every frame something, also those in which no script may run.
    const asked = /^Blocked script execution in '[^']+\/settings\/mail\/preview\//.test(message.text());
    const meant = refused || asked;
    const of = /with a status of 5\d\d/.test(message.text()) ? ` (${message.location().url})` : '';
    if (message.type() === 'error' && !meant) complaints.push(message.text() + of);
  });
}

/** Waits until the page answers: WebAssembly has taken over, where there are scripts, and the part that was asked for is there. */
export async function alive(page: Page): Promise<void> {
  if (test.info().project.use.javaScriptEnabled !== false) await expect(page.locator('html[data-hydrated]:not([data-fetching])')).toBeAttached();
}

/** Opens a page and waits until it answers. Yields the HTTP status. */
export async function goto(page: Page, url: string): Promise<number> {
  const response = await page.goto(url);
  await alive(page);
  return response?.status() ?? 0;
}

/** Waits for a page that a full load leads to, as after signing in. */
export async function arrive(page: Page, url: string | RegExp): Promise<void> {
  await expect(page).toHaveURL(url);
  await alive(page);
}

/** Reloads. */
export async function reload(page: Page): Promise<void> {
  await page.reload();
  await alive(page);
}
