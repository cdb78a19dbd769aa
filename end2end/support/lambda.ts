// Lambda on this machine: `cargo lambda watch` (.tools/setup test) has the Runtime API, at which the binary is a function, and a
// function URL in front of it. With ROLLCALL_RUNTIME=lambda every server of the tests is one.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether servers are functions in this run. */
export const IN_FUNCTION = process.env.ROLLCALL_RUNTIME === 'lambda';

/** A running emulator, how to start a function at it, and how to end it. */
export type Emulator = { child: ChildProcess; env: Record<string, string>; stop: () => Promise<void> };

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

/** Starts one whose function URL is at `127.0.0.1:PORT`. */
export async function emulate(port: number): Promise<Emulator> {
  // It wants to stand in some package of Cargo, and builds nothing of it.
  const dir = await mkdtemp(join(tmpdir(), 'rollcall-lambda-'));
  await mkdir(join(dir, 'src'));
  await writeFile(join(dir, 'src', 'main.rs'), 'fn main() {}');
  await writeFile(join(dir, 'Cargo.toml'), '[package]\nname = "emulated"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n');
  const at = ['--invoke-address', '127.0.0.1', '--invoke-port', String(port)];
  const child = spawn('cargo-lambda', ['lambda', 'watch', '--only-lambda-apis', '--disable-cors', ...at], { cwd: dir, stdio: 'ignore' });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`${error}; \`make e2e-function\` has it on PATH`));
    child.once('exit', (code) => resolve(`it ended with ${code}`));
  });
  for (let tries = 0; !(await answers(port)); tries += 1) {
    const over = await Promise.race([ended, new Promise<undefined>((done) => setTimeout(done, 50))]);
    if (over !== undefined || tries > 400) throw new Error(`cargo-lambda did not start: ${over ?? 'it does not answer'}`);
  }
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(dir, { recursive: true, force: true });
  };
  const env = {
    AWS_LAMBDA_RUNTIME_API: `http://127.0.0.1:${port}/.rt`,
    AWS_LAMBDA_FUNCTION_NAME: '_',
    AWS_LAMBDA_FUNCTION_VERSION: '1',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    ROLLCALL_PUBLIC_URL: `http://127.0.0.1:${port}`,
    // The disk of this machine is kept.
    ROLLCALL_LAMBDA_EPHEMERAL: 'true',
    ROLLCALL_LAMBDA_MIGRATE: 'true',
  };
  return { child, env, stop };
}
