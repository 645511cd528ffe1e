/** What comments and documents point at must be in the tree: files, folders, and the numbered rulings of docs/protocol.md. */
import { posix } from 'node:path';
import type { SourceFile } from './source-tree.ts';

const FOLDERS = 'src|workers|test|scripts|simulator|sandbox|migrations|docs|bench|clients|examples|ops';
const FILE_OR_FOLDER = new RegExp(`(?<![\\w/.-])(?:${FOLDERS})/[\\w./-]*[\\w]`, 'g');
const PAPER = /(?<![\w/.-])(?:\.{0,2}\/)*(?:[\w-]+\/)*[\w-]+\.md\b/g;
const ADDRESS = /\bhttps?:\/\/\S+|\b(?:[\w-]+\.)+(?:com|org|io|net|dev)\/\S*/g;
/** As comments cite it: "docs/protocol.md, 3.2 and 6.5". */
const CITED = /docs\/protocol\.md((?:(?:,| and|, and)[\s*]+\d+(?:\.\d+)?)+)/g;
const RULING = /^(?:## |\*\*)(\d+(?:\.\d+)?) /gm;
const COMMENT = /\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm;

/** Made by a command, so that a document may name what a fresh clone has not. */
const MADE = /^(?:test\/browser\/screenshots|docs\/openapi\.json)\b/;

/** One line for each file or folder that a comment or document names and `exists` does not find. */
export function missingFiles(texts: readonly SourceFile[], exists: (path: string) => boolean): string[] {
  return texts.flatMap(({ path, text }) => {
    const said = spoken({ path, text }).replaceAll(ADDRESS, '');
    const papers = [...said.matchAll(PAPER)]
      .map(([name]) => name)
      .filter((name) => !exists(name) && !exists(posix.join(posix.dirname(path), name)));
    const others = [...said.matchAll(FILE_OR_FOLDER)]
      .map(([name]) => name)
      .filter((name) => !name.endsWith('.md') && !MADE.test(name) && !exists(name));
    return [...new Set([...papers, ...others])].map((name) => `${path} names ${name}, which does not exist`);
  });
}

/** One line for each ruling that is cited and that the protocol does not have. */
export function missingRulings(texts: readonly SourceFile[], protocol: string): string[] {
  const rulings = new Set([...protocol.matchAll(RULING)].map((match) => match[1] ?? ''));
  return texts.flatMap(({ path, text }) =>
    [...spoken({ path, text }).matchAll(CITED)]
      .flatMap((match) => [...(match[1] ?? '').matchAll(/\d+(?:\.\d+)?/g)].map(([number]) => number))
      .filter((number) => !rulings.has(number))
      .map((number) => `${path} cites ruling ${number}, which docs/protocol.md does not have`),
  );
}

/** All of a document; of a program only its comments, because its strings may name what it plants. */
function spoken({ path, text }: SourceFile): string {
  if (path.endsWith('.md')) return text;
  return [...text.matchAll(COMMENT)].map(([comment]) => comment).join('\n');
}
