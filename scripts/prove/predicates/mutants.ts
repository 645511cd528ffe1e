/** One mutant for each predicate of `src/store` and of the functions and triggers in the migrations, and for each trigger. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { findPredicates } from './find-predicates.ts';

export type Mutant = {
  readonly file: string;
  readonly line: number;
  /** The predicate as it stands, in one line. */
  readonly predicate: string;
  readonly start: number;
  readonly end: number;
  readonly replace: string;
  /** The statement that it is part of: a number within all of `src/store`, or the name of a function or trigger. */
  readonly statement: number | string;
};

/** A piece of TypeScript that is evaluated when its statement is made, by its offsets. */
export type Statement = {
  readonly file: string;
  readonly number: number;
  readonly start: number;
  readonly end: number;
};

/** A function or trigger, as the newest migration of its name has it; `start` is its offset in there. */
export type Definition = {
  readonly file: string;
  readonly source: string;
  readonly start: number;
  readonly text: string;
};

export type Found = {
  readonly mutants: readonly Mutant[];
  readonly statements: readonly Statement[];
  readonly definitions: ReadonlyMap<string, Definition>;
};

/** All of them, in the order of their files. `root` is a tree of ours. */
export function findMutants(root: string): Found {
  const mutants: Mutant[] = [];
  const statements: Statement[] = [];
  for (const file of filesIn(root, 'src/store', '.ts').filter(
    (path) => !path.startsWith('src/store/schema/'),
  )) {
    const source = readFileSync(join(root, file), 'utf8');
    inSource(file, source, statements, mutants);
  }
  const definitions = definitionsIn(root);
  mutants.push(...inDefinitions(definitions));
  return { mutants, statements, definitions };
}

function filesIn(root: string, folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => `${folder}/${path}`)
    .sort();
}

function inSource(file: string, source: string, statements: Statement[], mutants: Mutant[]): void {
  const tagged = new Set<number>();
  const push = (start: number, end: number, replace: string, statement: number) =>
    mutants.push(mutantOf(source, { file, start, end, replace, statement }));
  const newStatement = (start: number, end: number): number => {
    const number = statements.length;
    statements.push({ file, number, start, end });
    return number;
  };
  const inTemplate = (quasi: Template, whole: { start: number; end: number }): void => {
    const predicates = findPredicates(textOf(source, quasi));
    if (predicates.length === 0) return;
    const number = newStatement(whole.start, whole.end);
    for (const { start, end, neutral } of predicates)
      push(quasi.start + 1 + start, quasi.start + 1 + end, neutral, number);
  };
  new Visitor({
    TaggedTemplateExpression(node) {
      tagged.add(node.quasi.start);
      inTemplate(node.quasi, node);
    },
    TemplateLiteral(node) {
      if (!tagged.has(node.start) && /\b(?:select|update|where)\b/i.test(source.slice(node.start, node.end)))
        inTemplate(node, node);
    },
    CallExpression(node) {
      const { callee, arguments: given } = node;
      // Of drizzle's conditions, `undefined` decides nothing.
      const isAnd = callee.type === 'Identifier' && callee.name === 'and';
      const isWhere =
        callee.type === 'MemberExpression' &&
        callee.property.type === 'Identifier' &&
        callee.property.name === 'where';
      if (!isAnd && !isWhere) return;
      const number = newStatement(node.start, node.end);
      for (const { start, end } of given) {
        const isChain = /^(?:and|or)\(/.test(source.slice(start, end));
        if (!isChain) push(start, end, 'undefined', number);
      }
    },
  }).visit(parseSync(file, source).program);
}

type Template = {
  readonly start: number;
  readonly end: number;
  readonly expressions: readonly { readonly start: number; readonly end: number }[];
};

/** The text between the backticks; what is put in is a name of the same length. */
function textOf(source: string, { start, end, expressions }: Template): string {
  let text = source.slice(start + 1, end - 1);
  for (const one of expressions) {
    const [from, to] = [one.start - start - 1, one.end - start - 1];
    text = text.slice(0, from) + 'x'.repeat(to - from) + text.slice(to);
  }
  return text.replaceAll(/\$\{(\s*x+\s*)\}/g, (whole) => 'x'.repeat(whole.length));
}

/** A definition in a migration: the newest of its name is the one in force. */
const DEFINITION =
  /^create (?:or replace )?(?:function|trigger|constraint trigger) (?:"?(\w+)"?)[\s\S]*?(?:\$(\w*)\$[\s\S]*?\$\2\$[^;]*;|;)/gim;

function definitionsIn(root: string): Map<string, Definition> {
  const newest = new Map<string, Definition>();
  for (const file of filesIn(root, 'migrations', '.sql')) {
    const source = readFileSync(join(root, file), 'utf8');
    for (const match of source.matchAll(DEFINITION))
      newest.set(match[1] ?? '', { file, source, start: match.index, text: match[0] });
  }
  return newest;
}

function inDefinitions(definitions: ReadonlyMap<string, Definition>): Mutant[] {
  return [...definitions].flatMap(([name, definition]) => [
    ...withoutTrigger(name, definition),
    ...findPredicates(definition.text).map(({ start, end, neutral }) =>
      inDefinition(name, definition, { start, end, replace: neutral }),
    ),
  ]);
}

/** A trigger is a guard as a whole. */
function withoutTrigger(name: string, definition: Definition): Mutant[] {
  const { text } = definition;
  if (!/^create (?:or replace )?(?:constraint )?trigger/i.test(text)) return [];
  return [inDefinition(name, definition, { start: 0, end: text.length, replace: 'select 1;' })];
}

function inDefinition(
  statement: string,
  { file, source, start: from }: Definition,
  { start, end, replace }: { readonly start: number; readonly end: number; readonly replace: string },
): Mutant {
  return mutantOf(source, { file, start: from + start, end: from + end, replace, statement });
}

function mutantOf(source: string, mutant: Omit<Mutant, 'line' | 'predicate'>): Mutant {
  const { start, end } = mutant;
  return {
    ...mutant,
    line: source.slice(0, start).split('\n').length,
    predicate: source.slice(start, end).replaceAll(/\s+/g, ' '),
  };
}
