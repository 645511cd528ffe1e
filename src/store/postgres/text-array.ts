/**
 * text[] on the wire, both ways. postgres.js would ask each new connection for all existing array types, and if the
 * connection breaks during that question, its rejection goes unhandled and ends the process (3.4.9, seen under chaos).
 * So this is the only array type for parameters; others are cast from it (`::text[]::int[]`).
 */

/** One element: quoted with escapes, or bare. */
const ELEMENT = /"((?:[^"\\]|\\.)*)"|([^,{}"]+)/gs;

/** The text array in the form in which postgres.js takes a type; one dimension. */
export const textArray = {
  to: 1009,
  from: [1009],
  serialize: (texts: readonly (string | number | null)[]): string =>
    `{${texts.map((text) => (text === null ? 'NULL' : `"${String(text).replace(/["\\]/g, '\\$&')}"`)).join(',')}}`,
  parse: (wire: string): (string | null)[] =>
    [...wire.matchAll(ELEMENT)].map(([, quoted, bare]) => {
      if (quoted !== undefined) return quoted.replace(/\\(.)/gs, '$1');
      return bare === undefined || bare === 'NULL' ? null : bare;
    }),
};
