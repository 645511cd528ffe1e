/** The tree as the tidy rules see it: every source file with its text, paths relative to the root. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const FOLDERS = ['src', 'workers', 'simulator', 'sandbox', 'bench', 'clients', 'examples', 'scripts', 'test'];
const SOURCE = /\.(?:ts|tsx|mjs)$/;
/** Nobody reads or edits these. */
const GENERATED = /^clients\/typescript\/src\/generated\/schema\.ts$/;

/** Every source file of ours below `root`. */
export function readTree(root: string): SourceFile[] {
  const inFolders = FOLDERS.filter((folder) => existsSync(join(root, folder))).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  );
  return [...inFolders, ...readdirSync(root)]
    .filter((path) => SOURCE.test(path) && !GENERATED.test(path))
    .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(root, path), 'utf8') }));
}

const DOCUMENT_FOLDERS = ['docs', 'simulator', 'clients', 'examples', 'ops'];

/** Every document below `root`. */
export function readDocuments(root: string): SourceFile[] {
  const inFolders = DOCUMENT_FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  );
  return [...inFolders, ...readdirSync(root)]
    .filter((path) => path.endsWith('.md'))
    .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(root, path), 'utf8') }));
}

const RELATIVE = /(?:\bfrom|\bimport\(|\bimport)\s*['"](\.[^'"]+)['"]/g;

/** The files of ours that a file imports, as paths from the root. */
export function importedFiles({ path, text }: SourceFile): string[] {
  return [...text.matchAll(RELATIVE)].map((match) =>
    posix.normalize(posix.join(posix.dirname(path), match[1] ?? '')),
  );
}
