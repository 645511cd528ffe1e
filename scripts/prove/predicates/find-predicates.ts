/**
 * Finds the predicates of SQL text by its keywords: what stands behind `where`, `on`, `having`, `and`, `or`, `when` and
 * `if`, up to the next keyword of its own depth. A predicate within another is found as well.
 */

/** `[start, end)` of a predicate within the text, and what it is replaced by so that it decides nothing. */
export type Predicate = { readonly start: number; readonly end: number; readonly neutral: 'true' | 'false' };

type Token = { readonly word: string; readonly start: number; readonly end: number };
type Opened = { readonly start: number; readonly by: string; betweens: number };

/** Literals, comments and quoted names are one token each; so are a word and any other sign. */
const TOKEN = /'(?:[^']|'')*'|--[^\n]*|"[^"]*"|[A-Za-z_][\w$]*|\S/g;
const OPENS = new Set(['where', 'on', 'having', 'and', 'or', 'when', 'if', 'elsif']);
/** What ends a predicate of the same depth without opening another. */
const ENDS = new Set([
  ...[
    'then',
    'else',
    'group',
    'order',
    'limit',
    'for',
    'returning',
    'union',
    'except',
    'intersect',
    'window',
  ],
  ...['join', 'left', 'right', 'inner', 'cross', 'full', 'set', 'do', 'execute', 'loop', 'as', ';', ','],
]);

/** @throws RangeError when brackets do not match */
export function findPredicates(sql: string): Predicate[] {
  const found: Predicate[] = [];
  const depths: { opened: Opened | null }[] = [{ opened: null }];
  const tokens = tokensOf(sql);
  let last_end = 0;
  const close = (next: string): void => {
    const depth = depths.at(-1);
    const opened = depth?.opened;
    if (!depth || !opened) return;
    depth.opened = null;
    // The first of a chain in brackets; other brackets hold lists and statements.
    if (opened.by === '(' && next !== 'and' && next !== 'or') return;
    const text = sql.slice(opened.start, last_end);
    const start = opened.start + (text.length - text.trimStart().length);
    // A literal is what a simple `case` compares with.
    if (start >= last_end || /^(?:true|false|'.*')$/.test(text.trim())) return;
    const isBranch = ['or', 'when', 'if', 'elsif'].includes(opened.by) && next !== 'and';
    found.push({ start, end: last_end, neutral: isBranch || next === 'or' ? 'false' : 'true' });
  };
  tokens.forEach(({ word, end }, at) => {
    const depth = depths.at(-1);
    if (depth === undefined) throw new RangeError('a bracket is closed that was not opened');
    if (word === '(') depths.push({ opened: { start: end, by: word, betweens: 0 } });
    else if (word === 'case') depths.push({ opened: null });
    else if (word === ')' || (word === 'end' && depths.length > 1)) {
      close(word);
      depths.pop();
    } else if (word === 'between' && depth.opened) depth.opened.betweens += 1;
    else if (word === 'and' && depth.opened && depth.opened.betweens > 0) depth.opened.betweens -= 1;
    else if (ENDS.has(word) || isClause(tokens, at)) close(word);
    else if (OPENS.has(word) && !isPartOfName(tokens, at)) {
      close(word);
      depth.opened = { start: end, by: word, betweens: 0 };
    }
    last_end = end;
  });
  close('');
  return found;
}

/** `on conflict` and `from`, if not of `is distinct from`. */
function isClause(tokens: readonly Token[], at: number): boolean {
  const [before, word, after] = [tokens[at - 1]?.word, tokens[at]?.word, tokens[at + 1]?.word];
  return (word === 'on' && after === 'conflict') || (word === 'from' && before !== 'distinct');
}

/** `end if`, `create or replace`, `if not exists`, `before insert or update on t`, `grant … on t` hold no predicate. */
function isPartOfName(tokens: readonly Token[], at: number): boolean {
  const [before, word, after] = [tokens[at - 1]?.word, tokens[at]?.word, tokens[at + 1]?.word];
  if (word === 'if') return before === 'end' || before === 'table' || before === 'index';
  if (word === 'or') return after === 'replace' || ['insert', 'update', 'delete'].includes(after ?? '');
  return (
    word === 'on' &&
    (['insert', 'update', 'delete', 'index'].includes(before ?? '') || isGranting(tokens, at))
  );
}

function isGranting(tokens: readonly Token[], at: number): boolean {
  const begun = tokens.findLastIndex(({ word }, before) => before < at && word === ';') + 1;
  return ['grant', 'revoke'].includes(tokens[begun]?.word ?? '');
}

function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  for (const match of sql.matchAll(TOKEN)) {
    const word = match[0];
    if (word.startsWith('--')) continue;
    tokens.push({ word: word.toLowerCase(), start: match.index, end: match.index + word.length });
  }
  return tokens;
}
