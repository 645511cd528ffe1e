/** What is done to a test's database before its first use, to play a mutant of a function or trigger, or to see which are called. */
import type { Definition, Found, Mutant } from './mutants.ts';

/** The statements that put a mutant's definition in the place of the one in force; null for a mutant of our sources. */
export function breakingSql(
  { definitions }: Found,
  { statement, start, end, replace }: Mutant,
): string | null {
  if (typeof statement === 'number') return null;
  const { text, start: from } = definitionOf(definitions, statement);
  const broken = replacing(text.slice(0, start - from) + replace + text.slice(end - from));
  const table = triggerTable(text);
  return table === null ? broken : `drop trigger if exists ${statement} on ${table}; ${broken}`;
}

/** The statements after which each function counts its calls in a sequence, `reached_<function>`. */
export function countingSql({ definitions }: Found): string {
  return [...definitions].flatMap(([name, { text }]) => counting(name, text) ?? []).join('\n');
}

/** The function that decides: a trigger's own. */
export function functionOf({ definitions }: Found, name: string): string {
  const { text } = definitionOf(definitions, name);
  return /execute (?:function|procedure) "?(\w+)"?/i.exec(text)?.[1] ?? name;
}

function definitionOf(definitions: ReadonlyMap<string, Definition>, name: string): Definition {
  const found = definitions.get(name);
  if (found === undefined) throw new RangeError(`no migration defines ${name}`);
  return found;
}

function triggerTable(text: string): string | null {
  if (!/^create (?:or replace )?(?:constraint )?trigger/i.test(text)) return null;
  return /\bon "?(\w+)"?/i.exec(text.replace(/\bof [\w",\s]+? on\b/i, 'on'))?.[1] ?? null;
}

function counting(name: string, text: string): string | null {
  const next = `nextval('reached_${name}')`;
  const counted = /language plpgsql/i.test(text)
    ? text.replace(/(\$\w*\$[\s\S]*?\bbegin\b)/i, (head) => `${head} perform ${next};`)
    : text.replace(/(as \$\w*\$)/i, (head) => `${head} select ${next};`);
  if (triggerTable(text) !== null || counted === text) return null;
  return `create sequence reached_${name};\n${replacing(counted)}`;
}

function replacing(definition: string): string {
  return definition.replace(/^create function/i, 'create or replace function');
}
