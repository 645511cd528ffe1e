/** The lines of an upload as values, whichever of the two ways they are written. */
import { faultOf } from '../json-body.ts';
import { fieldProblem } from '../problem.ts';
import { csvRecords } from './csv-records.ts';
import { decoded, textLines } from './text-lines.ts';

export const LINE_TYPES = ['application/x-ndjson', 'text/csv'] as const;
export type LineType = (typeof LINE_TYPES)[number];

/** A line's value, or what is wrong with it before anybody asks what it means. */
export type ReadLine =
  | { readonly line: number; readonly value: unknown }
  | { readonly line: number; readonly fault: string };

/** Reads a body line by line; the sender waits while a line is being worked on. */
export function readLines(type: LineType, body: AsyncIterable<Buffer>): AsyncGenerator<ReadLine> {
  return type === 'text/csv' ? ofCsv(body) : ofNdjson(body);
}

async function* ofNdjson(body: AsyncIterable<Buffer>): AsyncGenerator<ReadLine> {
  for await (const { line, text } of textLines(decoded(body)))
    yield text === null ? { line, fault: 'is too long' } : { line, ...ofJson(text) };
}

function ofJson(text: string): { readonly value: unknown } | { readonly fault: string } {
  try {
    const value: unknown = JSON.parse(asWritten(text));
    const fault = faultOf(text);
    return fault === null ? { value } : { fault };
  } catch {
    return { fault: 'must be JSON' };
  }
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const UNUSUAL_NUMBER = /\d[.eE]|\d{16}/;

/**
 * Every number that a float might not hold becomes the text it was written as: quantities are read from it exactly, and what has to
 * be an integer refuses it.
 */
function asWritten(text: string): string {
  if (!UNUSUAL_NUMBER.test(text)) return text;
  return text.replace(STRING_OR_NUMBER, (token) => {
    if (token.startsWith('"')) return token;
    return /^-?\d+$/.test(token) && Number.isSafeInteger(Number(token)) ? token : `"${token}"`;
  });
}

const LABEL = /^metadata\[([^\]]{1,40})\]$/;
/** A usage of one line, as flat columns have it. */
const USAGE = {
  usage_description: 'description',
  quantity: 'quantity',
  unit_amount_decimal: 'unit_amount_decimal',
};

async function* ofCsv(body: AsyncIterable<Buffer>): AsyncGenerator<ReadLine> {
  let columns: readonly string[] | null = null;
  for await (const { line, fields } of csvRecords(decoded(body))) {
    if (columns === null) {
      if (fields === null) throw fieldProblem('(body)', 'must begin with the names of its columns');
      columns = fields.map((name) => name.trim().replace(/^\ufeff/, ''));
      if (!columns.includes('reference')) throw fieldProblem('(body)', 'must have a column named reference');
    } else if (fields === null) yield { line, fault: 'is too long, or has a quote out of place' };
    else if (fields.length !== columns.length) yield { line, fault: `must have ${columns.length} fields` };
    else yield { line, value: fromColumns(columns, fields) };
  }
}

/** An empty field is a field left out. */
function fromColumns(columns: readonly string[], fields: readonly string[]): unknown {
  const value: Record<string, unknown> = {};
  const metadata: Record<string, string> = {};
  const usage: Record<string, string> = {};
  columns.forEach((name, place) => {
    const text = fields[place] ?? '';
    if (text === '') return;
    const label = LABEL.exec(name)?.[1];
    if (label !== undefined) metadata[label] = text;
    else if (Object.hasOwn(USAGE, name)) usage[USAGE[name as keyof typeof USAGE]] = text;
    else if (name === 'amount') value.amount = /^\d{1,15}$/.test(text) ? Number(text) : text;
    else if (name !== '__proto__') value[name] = text;
  });
  if (Object.keys(metadata).length > 0) value.metadata = metadata;
  if (Object.keys(usage).length > 0) value.usage = [usage];
  return value;
}
