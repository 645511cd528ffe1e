/** A body as its lines, read as it comes: no more of it is held than one line. */
import { fieldProblem } from '../problem.ts';

/** Far more than the largest charge request has. */
export const LINE_CHARS_MAX = 64 * 1024;

/** Decodes UTF-8 piece by piece. Throws `invalid_request` for bytes that are none. */
export async function* decoded(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const bytes of body) yield decoder.decode(bytes, { stream: true });
    yield decoder.decode();
  } catch (err) {
    if (err instanceof TypeError) throw fieldProblem('(body)', 'must be UTF-8');
    throw err;
  }
}

/** One line; null in place of its text: it is too long, and nothing of it is kept. */
export type TextLine = { readonly line: number; readonly text: string | null };

/** Splits at line ends, CRLF or LF; blank lines are counted and left out. */
export async function* textLines(pieces: AsyncIterable<string>): AsyncGenerator<TextLine> {
  let line = 1;
  let rest = '';
  let isTooLong = false;
  for await (const piece of pieces) {
    const parts = (rest + piece).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      if (isTooLong || part.length > LINE_CHARS_MAX) yield { line, text: null };
      else if (part.trim() !== '') yield { line, text: part };
      isTooLong = false;
      line += 1;
    }
    if (rest.length > LINE_CHARS_MAX) {
      isTooLong = true;
      rest = '';
    }
  }
  if (isTooLong) yield { line, text: null };
  else if (rest.trim() !== '') yield { line, text: rest };
}
