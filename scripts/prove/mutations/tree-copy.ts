/** A copy of the tree in a temporary folder, where we can break the source without harm. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Edit } from './mutation.ts';

export type TreeCopy = {
  readonly root: string;
  /** Describes each edit whose text does not occur exactly once; empty if all do. */
  misfits(edits: readonly Edit[]): string[];
  /** Breaks the copy; the returned function restores it. */
  apply(edits: readonly Edit[]): () => void;
  remove(): void;
};

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** These tests read the source, each bug's text or who imports what, and would notice what no behaviour shows. */
const OF_SOURCE = /^test\/(?:unit\/proofs\/|unit\/house\.test\.ts$|tidy\.test\.ts$)/;

/** Copies the files that git does not ignore, as they are on disk now; packages are shared. */
export function copyTree(): TreeCopy {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'duecourse-mutations-')));
  const listed = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const paths = execFileSync('git', listed, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 }).split('\0');
  for (const path of paths) {
    if (path === '' || !existsSync(join(ROOT, path)) || OF_SOURCE.test(path)) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(join(ROOT, path), join(root, path));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const remove = () => rmSync(root, { recursive: true, force: true });
  process.once('exit', remove);
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  return {
    root,
    misfits: (edits) =>
      edits.flatMap(({ file, find }) => {
        const times = existsSync(join(root, file)) ? read(file).split(find).length - 1 : 0;
        return times === 1 ? [] : [`${file} has it ${times} times: ${JSON.stringify(find)}`];
      }),
    apply(edits) {
      const originals = new Map(edits.map(({ file }) => [file, read(file)]));
      for (const { file, find, replace } of edits) {
        writeFileSync(
          join(root, file),
          read(file).replace(find, () => replace),
        );
      }
      return () => {
        for (const [file, text] of originals) writeFileSync(join(root, file), text);
      };
    },
    remove() {
      process.removeListener('exit', remove);
      remove();
    },
  };
}
