/**
 * How a request body is read: exact bytes of UTF-8, one JSON object, integers that JavaScript can hold.
 *
 * `JSON.parse` would silently round 9007199254740993 and read 1e2 as 100. We replace every number that is not a plain
 * integer in the safe range by one that every schema here refuses, so that the refusal names the field. An object that names a field twice is refused.
 */
import type { FastifyInstance } from 'fastify';
import { fieldProblem, type ProblemError, problem } from './problem.ts';

export const BODY_BYTES_MAX = 256 * 1024;
const MEDIA_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;
const UNUSUAL_NUMBER = /\d[.eE]|\d{16}/;
const NO_INTEGER = '0.5';

/** Takes JSON and nothing else, in this context. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addHook('onRequest', async (request) => {
    const type = request.headers['content-type'];
    if (type !== undefined && !MEDIA_TYPE.test(type)) throw problem('unsupported_media_type');
  });
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    // An empty body is no body: verbs such as cancel need none.
    if (bytes.length === 0) return done(null, undefined);
    const text = decodeUtf8(bytes);
    if (text === null) return done(unreadable('must be UTF-8'));
    parse(request, withIntegersOnly(text), (error, value) => {
      if (error !== null) return done(unreadable('must be JSON'));
      return hasFieldTwice(text) ? done(unreadable('must not name a field twice')) : done(null, value);
    });
  });
}

/** Makes every number recognisably wrong that is not a safe, plainly written integer. */
export function withIntegersOnly(text: string): string {
  if (!UNUSUAL_NUMBER.test(text)) return text;
  return text.replace(STRING_OR_NUMBER, (token) => {
    if (token.startsWith('"')) return token;
    return /^-?\d+$/.test(token) && Number.isSafeInteger(Number(token)) ? token : NO_INTEGER;
  });
}

/**
 * Whether an object of this JSON names a field twice. `JSON.parse` takes the last, other parsers the first: a
 * body that one program approved must not mean something else to the next.
 */
export function hasFieldTwice(json: string): boolean {
  const open: (Set<string> | null)[] = [];
  let isName = false;
  for (const [token] of json.matchAll(TOKEN)) {
    switch (token) {
      case '{':
      case '[':
        open.push(token === '{' ? new Set() : null);
        isName = token === '{';
        break;
      case '}':
      case ']':
        open.pop();
        isName = false;
        break;
      case ',':
        isName = open.at(-1) !== null;
        break;
      default: {
        const names = open.at(-1);
        if (isName && names) {
          const name: unknown = JSON.parse(token);
          if (names.has(String(name))) return true;
          names.add(String(name));
        }
        isName = false;
      }
    }
  }
  return false;
}

function decodeUtf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function unreadable(message: string): ProblemError {
  return fieldProblem('(body)', message);
}
