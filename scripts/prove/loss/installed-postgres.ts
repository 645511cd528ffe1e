/** A PostgreSQL server as a machine has it, with the tools that make a standby: the one we ship has none. */
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const PROGRAMS = ['initdb', 'postgres', 'pg_ctl', 'pg_basebackup'] as const;
/** Debian keeps its servers off PATH, one folder for each major version. */
const DEBIAN = '/usr/lib/postgresql';
const OLDEST = 15;

export const POSTGRES_MISSING =
  'This play needs an installed PostgreSQL server (15 or newer) with initdb, pg_ctl and pg_basebackup, and none is on ' +
  'PATH or in /usr/lib/postgresql: on Debian or Ubuntu, `apt-get install postgresql`.';

/** The folder with all programs: the first on PATH, else Debian's newest; null if there is none. */
export function installedPostgres(path = process.env.PATH ?? '', debian = DEBIAN): string | null {
  const folders = [...path.split(delimiter).filter(Boolean), ...debianFolders(debian)];
  return folders.find((folder) => PROGRAMS.every((name) => isExecutable(join(folder, name)))) ?? null;
}

function debianFolders(debian: string): string[] {
  try {
    const versions = readdirSync(debian)
      .map(Number)
      .filter((version) => version >= OLDEST);
    return versions.sort((one, other) => other - one).map((version) => join(debian, String(version), 'bin'));
  } catch {
    return [];
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
