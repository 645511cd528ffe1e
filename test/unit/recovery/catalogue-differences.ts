/** What a language's messages lack beside English, and every way that a message can be said. */
import { IntlMessageFormat } from 'intl-messageformat';
import type { Catalogue } from '../../../src/recovery/words/languages.ts';

type Ast = ReturnType<IntlMessageFormat['getAst']>;

/** `mails.opening` with its text. */
export function messagesOf(catalogue: Catalogue): { readonly name: string; readonly text: string }[] {
  return Object.entries(catalogue).flatMap(([section, messages]) =>
    Object.entries(messages).map(([key, text]) => ({ name: `${section}.${key}`, text: String(text) })),
  );
}

/** One line for each thing that a translator forgot, or made up. */
export function differencesFrom(english: Catalogue, other: Catalogue, language: string): string[] {
  const theirs = new Map(messagesOf(other).map(({ name, text }) => [name, text]));
  const ours = messagesOf(english);
  const known = new Set(ours.map(({ name }) => name));
  const extra = [...theirs.keys()].filter((name) => !known.has(name));
  return [
    ...ours.flatMap(({ name, text }) => {
      const translated = theirs.get(name);
      return translated === undefined
        ? [`${name} is missing`]
        : differing(name, shapeOf(text, 'en'), shapeOf(translated, language));
    }),
    ...extra.map((name) => `${name} is in no English file`),
  ];
}

type Shape = {
  readonly placeholders: ReadonlySet<string>;
  readonly branches: ReadonlySet<string>;
  readonly plurals: ReadonlySet<string>;
};

function differing(name: string, english: Shape | null, other: Shape | null): string[] {
  if (english === null || other === null) return [`${name} is no message`];
  const lost = [...english.placeholders].filter((each) => !other.placeholders.has(each));
  const extra = [...other.placeholders].filter((each) => !english.placeholders.has(each));
  const branches = [...english.branches].filter((each) => !other.branches.has(each));
  const made_up = [...other.branches].filter((each) => !english.branches.has(each));
  return [
    ...lost.map((each) => `${name} lacks ${each}`),
    ...extra.map((each) => `${name} has ${each}, which English has not`),
    ...[...branches, ...other.plurals].map((each) => `${name} lacks the branch ${each}`),
    ...made_up.map((each) => `${name} has the branch ${each}, which English has not`),
  ];
}

/** Null for a text that ICU's syntax does not allow. */
function shapeOf(text: string, language: string): Shape | null {
  const placeholders = new Set<string>();
  const branches = new Set<string>();
  const plurals = new Set<string>();
  try {
    walk(new IntlMessageFormat(text, language, undefined, { ignoreTag: true }).getAst(), (element) => {
      if ('value' in element && element.type !== LITERAL) placeholders.add(`{${element.value}}`);
      if (!('options' in element)) return;
      const options = Object.keys(element.options);
      if (element.type !== SELECT) {
        for (const wanted of pluralsOf(language))
          if (!options.includes(wanted)) plurals.add(`${element.value}=${wanted}`);
        return;
      }
      for (const [option, { value }] of Object.entries(element.options)) {
        const branch = `${element.value}=${option}`;
        branches.add(branch);
        walk(value, (within) => {
          if ('value' in within && within.type !== LITERAL)
            placeholders.add(`{${within.value}} in ${branch}`);
        });
      }
    });
  } catch {
    return null;
  }
  return { placeholders, branches, plurals };
}

/** What the language tells apart in numbers as small as ours. */
function pluralsOf(language: string): string[] {
  const rules = new Intl.PluralRules(language);
  return [...new Set(Array.from({ length: 1_000 }, (_, count) => rules.select(count)))];
}

const LITERAL = 0;
const SELECT = 5;

function walk(ast: Ast, visit: (element: Ast[number]) => void): void {
  for (const element of ast) {
    visit(element);
    if ('options' in element) for (const option of Object.values(element.options)) walk(option.value, visit);
  }
}

/** Values that lead to each branch of the message at least once. */
export function everyBranch(message: IntlMessageFormat): Record<string, string | number>[] {
  const plain: Record<string, string> = {};
  const choices: { readonly value: string; readonly option: string | number }[] = [];
  walk(message.getAst(), (element) => {
    if ('value' in element && element.type !== LITERAL) plain[element.value] = `‹${element.value}›`;
    if (!('options' in element)) return;
    const options = element.type === SELECT ? Object.keys(element.options) : [1, 2, 7];
    for (const option of options) choices.push({ value: element.value, option });
  });
  return choices.length === 0 ? [plain] : choices.map(({ value, option }) => ({ ...plain, [value]: option }));
}
