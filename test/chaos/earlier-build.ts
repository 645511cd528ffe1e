/**
 * An earlier commit of this repository, built so that its processes can run beside today's on today's schema, as they do
 * while a release is rolled out (docs/deploy.md).
 */
import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type EarlierBuild = {
  readonly root: string;
  /** How many migrations it knows: what came with a later one, it cannot do. */
  readonly migrations: number;
  remove(): void;
};

/** What an earlier build may lack that our verdict rests on, by the migration that it came with (docs/deploy.md). */
const SINCE = {
  /** Every sending asks for permission, and withdrawals name what may still arrive. */
  permission: 3,
  /** A create carries a mark of its request. */
  request_marks: 6,
  /** A network's verdict closes a card. */
  card_verdicts: 15,
  /** Merchants are notified. */
  endpoints: 26,
  /** Debits are announced. */
  debits: 27,
} as const;

/** Whether all that runs does: today's build always, an earlier one if it has that migration. */
export function allHave(what: keyof typeof SINCE, earlier: Pick<EarlierBuild, 'migrations'> | null): boolean {
  return earlier === null || earlier.migrations > SINCE[what];
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILD = 'scripts/build.ts';
/** How a commit is built that does not bundle yet. */
const COMPILE = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'];
/** Of both: the archive is a few megabytes, the compiler takes half a minute on a busy machine. */
const LIMITS: ExecFileSyncOptions = { timeout: 300_000, maxBuffer: 2 ** 28, stdio: 'pipe' };

/**
 * Builds the commit that `ref` names in a temporary folder, with today's packages.
 *
 * @throws Error if git does not know `ref`, as in a shallow clone, or if it does not compile
 */
export function buildEarlier(ref: string): EarlierBuild {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'duecourse-earlier-')));
  const remove = () => rmSync(root, { recursive: true, force: true });
  try {
    const tree = execFileSync('git', ['archive', '--format=tar', `${ref}^{tree}`], { cwd: ROOT, ...LIMITS });
    execFileSync('tar', ['-x', '-C', root], { input: tree, ...LIMITS });
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    execFileSync(process.execPath, existsSync(join(root, BUILD)) ? ['--import', 'tsx', BUILD] : COMPILE, {
      cwd: root,
      ...LIMITS,
    });
  } catch (cause) {
    remove();
    throw new Error(`${ref} is no commit that can be built here`, { cause });
  }
  const migrations = readdirSync(join(root, 'migrations')).filter((name) => name.endsWith('.sql')).length;
  return { root, migrations, remove };
}
