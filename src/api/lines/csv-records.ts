/**
 * CSV by RFC 4180, read as it comes: fields in quotes may hold commas, quotes (doubled) and line ends. No more is held than one
 * record.
 */
import { LINE_CHARS_MAX } from './text-lines.ts';

/** One record with the line it begins on; null in place of its fields: it is too long, or its quotes are wrong. */
export type CsvRecord = { readonly line: number; readonly fields: readonly string[] | null };

/** Records of a text that comes in pieces; blank lines are counted and left out. */
export async function* csvRecords(pieces: AsyncIterable<string>): AsyncGenerator<CsvRecord> {
  const reader = createReader();
  for await (const piece of pieces) {
    for (const char of piece) {
      const record = reader.take(char);
      if (record !== null) yield record;
    }
  }
  const last = reader.end();
  if (last !== null) yield last;
}

function createReader() {
  let fields: string[] = [];
  let field = '';
  let chars = 0;
  let line = 1;
  let beganAt = 1;
  /** Whether we are inside quotes, behind a quote that may close them, or outside. */
  let quotes: 'none' | 'open' | 'maybe_closed' = 'none';
  let isFaulty = false;

  function finish(): CsvRecord | null {
    const isBlank = fields.length === 0 && field.trim() === '' && !isFaulty;
    const record = isBlank ? null : { line: beganAt, fields: isFaulty ? null : [...fields, field] };
    [fields, field, chars, isFaulty, quotes] = [[], '', 0, false, 'none'];
    return record;
  }

  function keep(char: string): void {
    chars += 1;
    if (chars > LINE_CHARS_MAX) isFaulty = true;
    else field += char;
  }

  function take(char: string): CsvRecord | null {
    if (char === '\n') line += 1;
    if (quotes === 'open' && !(isFaulty && char === '\n')) {
      if (char === '"') quotes = 'maybe_closed';
      else keep(char);
      return null;
    }
    if (char === '\n') {
      if (field.endsWith('\r')) field = field.slice(0, -1);
      const record = finish();
      beganAt = line;
      return record;
    }
    if (char === ',') {
      fields.push(field);
      [field, quotes] = ['', 'none'];
    } else if (char === '"') {
      if (quotes === 'maybe_closed') keep(char);
      else if (field !== '') isFaulty = true;
      quotes = 'open';
    } else if (quotes === 'maybe_closed' && char !== '\r') isFaulty = true;
    else keep(char);
    return null;
  }

  function end(): CsvRecord | null {
    if (quotes === 'open') isFaulty = true;
    return finish();
  }

  return { take, end };
}
