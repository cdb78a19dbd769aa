// The release binary as a process of its own: a port, a data folder, and the mail that it writes there. Or as a function.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ParsedMail, simpleParser } from 'mailparser';
import { emulate, type Emulator, IN_FUNCTION } from './lambda.ts';

const run = promisify(execFile);

/** The path of the binary under test. */
function binary(): string {
  const path = process.env.ROLLCALL_BIN;
  if (!path) throw new Error('ROLLCALL_BIN has to name the release binary; `make e2e` does that');
  return path;
}

/** The environment of the test run without the settings of a Rollcall that the developer may have. */
function environment(own: Record<string, string>): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(
    ([name]) => name === 'ROLLCALL_SITE_ROOT' || !(name === 'PORT' || name.startsWith('ROLLCALL_')),
  );
  return { ...Object.fromEntries(kept), ...own };
}

/** A folder for one server, filled with a copy of `from` if that is given. */
export async function dataDir(from?: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'rollcall-e2e-'));
  if (from) await cp(from, dir, { recursive: true });
  return dir;
}

/** Runs the binary to its end; what it printed. */
export async function rollcall(dir: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(binary(), ['--data-dir', dir, ...args], { env: environment({}) });
  return stdout;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

const alive = new Set<ChildProcess>();
process.once('exit', () => alive.forEach((child) => child.kill('SIGKILL')));

/** A served installation. */
export class Server {
  private constructor(
    /** `http://127.0.0.1:PORT` */
    readonly url: string,
    /** Its data folder. */
    readonly dir: string,
    private readonly child: ChildProcess,
    private readonly written: string[],
    private readonly emulator: Emulator | undefined,
  ) {}

  /** Starts one on a free port and waits until it is ready. */
  static async start(dir: string, env: Record<string, string> = {}): Promise<Server> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await Server.startOnce(dir, env);
      } catch (error) {
        // Somebody else may have taken the port meanwhile.
        if (tries < 3 && String(error).includes('cannot listen on')) continue;
        await rm(dir, { recursive: true, force: true });
        throw error;
      }
    }
  }

  private static async startOnce(dir: string, env: Record<string, string>): Promise<Server> {
    const port = await freePort();
    const address = `127.0.0.1:${port}`;
    const emulator = IN_FUNCTION ? await emulate(port) : undefined;
    if (emulator) alive.add(emulator.child);
    // Lambda starts it without arguments.
    const child = spawn(binary(), emulator ? [] : ['--data-dir', dir, '--addr', address, 'serve'], {
      env: environment({ NO_COLOR: '1', ...(emulator ? { ...emulator.env, ROLLCALL_DATA_DIR: dir } : {}), ...env }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    alive.add(child);
    const written: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const heard = (chunk: Buffer) => {
        written.push(chunk.toString());
        // Its own words, so that no other server on the same port is taken for it.
        if (/Rollcall is at|answering invocations/.test(written.join(''))) resolve();
      };
      child.stdout.on('data', heard);
      child.stderr.on('data', heard);
      child.once('error', reject);
      child.once('exit', (code) => {
        alive.delete(child);
        void emulator?.stop();
        reject(new Error(`the server ended with ${code}:\n${written.join('')}`));
      });
    });
    const server = new Server(`http://${address}`, dir, child, written, emulator);
    for (let tries = 0; ; tries += 1) {
      const ready = await fetch(`${server.url}/readyz`).catch(() => undefined);
      if (ready?.ok) return server;
      if (tries === 200) throw new Error(`the server is not ready:\n${server.log}`);
      await new Promise((done) => setTimeout(done, 25));
    }
  }

  /** What it has printed and logged so far. */
  get log(): string {
    return this.written.join('');
  }

  /** Lines of the log that a well server does not write. */
  get complaints(): string[] {
    // The emulator refuses the answer to a browser that has hung up, as one does that leaves a page.
    const meant = / ERROR Lambda Runtime API returned non-200 response/;
    return this.log.split('\n').filter((line) => / ERROR |panicked/.test(line) && !(IN_FUNCTION && meant.test(line)));
  }

  /** Ends it in order, or at once. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    await gone;
    await this.emulator?.stop();
    if (this.emulator) alive.delete(this.emulator.child);
  }

  /** Ends it and takes its folder away. */
  async remove(): Promise<void> {
    await this.stop();
    await rm(this.dir, { recursive: true, force: true });
  }

  /** Calls a server function as the browser's code would. Its answer, and the session cookie if it signs in. */
  async call<T = unknown>(
    path: string,
    form: Record<string, string>,
    session?: string,
  ): Promise<{ status: number; data: T; session: string | undefined }> {
    const answer = await fetch(`${this.url}/api/${path}`, {
      method: 'POST',
      headers: session ? { cookie: `rollcall=${session}` } : {},
      body: new URLSearchParams(form),
    });
    const cookie = answer.headers.getSetCookie().find((c) => c.startsWith('rollcall='));
    return { status: answer.status, data: (await answer.json()) as T, session: cookie?.split(';')[0]?.split('=')[1] };
  }

  /** The mails that were written for an address, the first first. */
  async mailTo(address: string): Promise<ParsedMail[]> {
    const folder = join(this.dir, 'mail');
    // Ids begin with the time.
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml')).sort();
    const mails = await Promise.all(names.map(async (name) => simpleParser(await readFile(join(folder, name)))));
    return mails.filter((mail) => recipients(mail).includes(address));
  }
}

/** The addresses that a mail goes to. */
export function recipients(mail: ParsedMail): (string | undefined)[] {
  return [mail.to ?? []].flat().flatMap((to) => to.value.map((one) => one.address));
}
