/** The embedded Postgres as a stranger's machine treats it: two at once, killed parents, folders left behind. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../sandbox/postgres.ts';

const lines: string[] = [];
const options = { durable: false, log: (line: string) => void lines.push(line) };
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'duecourse-embedded-'));
  // As root Postgres runs as somebody else, who must get in.
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function ask<Row>(url: string, statement: string): Promise<Row | undefined> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const [row] = await sql.unsafe(statement);
    return row as Row | undefined;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** A zombie that nobody has collected yet is dead all the same. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

/** A process that starts Postgres, prints its pid and folder, and waits to be killed. */
async function startInAnotherProcess(dataDir: string) {
  const script = `
    const { startEmbeddedPostgres } = await import('./sandbox/postgres.ts');
    const { pid, dataDir } = await startEmbeddedPostgres({ dataDir: ${dataDir}, durable: false, log: () => {} });
    console.log(JSON.stringify({ pid, dataDir }));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
  const [line] = await once(parent.stdout, 'data');
  const started: { pid: number; dataDir: string } = JSON.parse(String(line));
  return { parent, ...started };
}

test('two run at once, and each goes with its data when stopped', async () => {
  const [one, other] = await Promise.all([startEmbeddedPostgres(options), startEmbeddedPostgres(options)]);
  await ask(one.url, 'create table only_here ()');

  const found = await ask(other.url, `select to_regclass('only_here') as name`);
  expect(found).toEqual({ name: null });

  await Promise.all([one.stop(), other.stop(), one.stop()]);
  expect([one, other].map(({ pid, dataDir }) => isAlive(pid) || existsSync(dataDir))).toEqual([false, false]);
});

test('data in a folder of its own survives a stop, and is gone after a fresh start', async () => {
  const dataDir = join(folder, 'kept');
  const first = await startEmbeddedPostgres({ ...options, dataDir });
  await ask(first.url, 'create table kept ()');
  await first.stop();

  const second = await startEmbeddedPostgres({ ...options, dataDir });
  expect(await ask(second.url, `select to_regclass('kept') as name`)).toEqual({ name: 'kept' });
  await second.stop();

  const third = await startEmbeddedPostgres({ ...options, dataDir, fresh: true });
  expect(await ask(third.url, `select to_regclass('kept') as name`)).toEqual({ name: null });
  await third.stop();
});

test('a killed parent leaves neither a server nor temporary data behind', async () => {
  const { parent, pid, dataDir } = await startInAnotherProcess('undefined');
  expect(isAlive(pid)).toBe(true);

  parent.kill('SIGKILL');

  await expect.poll(() => isAlive(pid) || existsSync(dataDir)).toBe(false);
});

test('a folder in use by a living process is refused, and one left by a dead process is taken over', async () => {
  const dataDir = join(folder, 'shared');
  const { parent, pid } = await startInAnotherProcess(JSON.stringify(dataDir));
  await expect(startEmbeddedPostgres({ ...options, dataDir })).rejects.toMatchObject({
    code: 'postgres_in_use',
  });

  parent.kill('SIGKILL');
  await once(parent, 'exit');
  const second = await startEmbeddedPostgres({ ...options, dataDir });

  await expect.poll(() => isAlive(pid)).toBe(false);
  expect(await ask(second.url, 'select 1 as one')).toEqual({ one: 1 });
  await second.stop();
});

test('its log names what failed, and never the statement, its parameters or the row', async () => {
  const server = await startEmbeddedPostgres(options);
  await ask(server.url, 'create table addresses (email text unique)');
  await ask(server.url, `insert into addresses values ('canary@example.com')`);
  await expect(ask(server.url, `insert into addresses values ('canary@example.com')`)).rejects.toThrow();
  await expect.poll(() => lines.join('\n')).toContain('duplicate key value');
  await server.stop();

  expect(lines.join('\n')).not.toContain('canary');
});
