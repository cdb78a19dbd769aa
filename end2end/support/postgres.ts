// A database of its own on the private PostgreSQL that `.tools/with-postgres` starts.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Debian keeps PostgreSQL's programs off PATH, in one folder for each major version. */
function path(): string {
  const root = '/usr/lib/postgresql';
  let versions: string[] = [];
  try {
    versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  } catch {
    // Elsewhere they are on PATH.
  }
  return [process.env.PATH ?? '', ...versions.map((version) => join(root, version, 'bin'))].join(delimiter);
}

/** A database: its URL, how to change it behind the server's back, and how to take it away. */
export type Database = { url: string; sql: (statement: string) => Promise<void>; drop: () => Promise<void> };

/** Makes an empty database. */
export async function database(): Promise<Database> {
  const admin = process.env.ROLLCALL_TEST_POSTGRES;
  if (!admin) throw new Error('ROLLCALL_TEST_POSTGRES has to name a PostgreSQL server; `make e2e` starts one');
  const name = `e2e_${randomBytes(8).toString('hex')}`;
  const psql = async (url: string, statement: string) => {
    const options = { env: { ...process.env, PATH: path() } };
    await run('psql', ['--no-psqlrc', '--quiet', '--dbname', url, '--command', statement], options);
  };
  await psql(admin, `CREATE DATABASE ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    sql: (statement) => psql(url.href, statement),
    drop: () => psql(admin, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}
