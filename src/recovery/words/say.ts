import { IntlMessageFormat } from 'intl-messageformat';
import { CATALOGUES, type Catalogue, type Section, type Tongue } from './languages.ts';

/** What stands in place of a message's placeholders; amounts and dates come written out. */
export type Values = Readonly<Record<string, unknown>>;

/** One message of a section. Throws where the message has a placeholder that `values` has not. */
export type Say<S extends Section> = (key: keyof Catalogue[S] & string, values?: Values) => string;

/** Parsed once for each process. */
const parsed = new Map<string, IntlMessageFormat>();

/** The messages of a section in one language. What stands in for a placeholder is never parsed itself. */
export function sayer<S extends Section>({ language }: Tongue, section: S): Say<S> {
  return (key, values = {}) => {
    const name = `${language}.${section}.${key}`;
    const known = parsed.get(name);
    const message = known ?? parse(CATALOGUES[language][section][key] as string, language);
    if (known === undefined) parsed.set(name, message);
    return String(message.format(values as Record<string, string>));
  };
}

/** Angle brackets are text: what a message says is escaped where it is shown. */
function parse(text: string, language: string): IntlMessageFormat {
  return new IntlMessageFormat(text, language, undefined, { ignoreTag: true });
}
