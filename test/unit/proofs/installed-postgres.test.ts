/** Where a play finds the PostgreSQL server that it cannot bring along. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { installedPostgres } from '../../../scripts/prove/loss/installed-postgres.ts';

const PROGRAMS = ['initdb', 'postgres', 'pg_ctl', 'pg_basebackup'];

function machine(folders: Readonly<Record<string, readonly string[]>>): string {
  const root = mkdtempSync(join(tmpdir(), 'duecourse-installed-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [folder, programs] of Object.entries(folders)) {
    mkdirSync(join(root, folder), { recursive: true });
    for (const name of programs) writeFileSync(join(root, folder, name), '', { mode: 0o755 });
  }
  return root;
}

test('a server on PATH is taken before one of Debian, if all its programs are there', () => {
  const root = machine({ client: ['pg_basebackup'], own: PROGRAMS, 'debian/15/bin': PROGRAMS });
  const found = installedPostgres(`${root}/client:${root}/own`, `${root}/debian`);
  expect(found).toBe(`${root}/own`);
});

test('of Debian’s the newest is taken that has them', () => {
  const root = machine({
    'debian/9.6/bin': PROGRAMS,
    'debian/15/bin': PROGRAMS,
    'debian/16/bin': PROGRAMS,
    'debian/17/bin': ['pg_basebackup'],
  });
  expect(installedPostgres('', `${root}/debian`)).toBe(`${root}/debian/16/bin`);
});

test('one that is older than what we support is none', () => {
  const root = machine({ 'debian/14/bin': PROGRAMS });
  expect(installedPostgres('', `${root}/debian`)).toBeNull();
});

test('a machine without Debian’s folder has none', () => {
  expect(installedPostgres('', join(machine({}), 'debian'))).toBeNull();
});
