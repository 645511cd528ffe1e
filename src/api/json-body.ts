/**
 * How a request body is read: exact bytes of UTF-8, one JSON object, integers that JavaScript can hold.
 *
 * `JSON.parse` would silently round 9007199254740993 and read 1e2 as 100. We replace every number that is not a plain
 * integer in the safe range by one that every schema here refuses, so that the refusal names the field. An object that names
 * a field twice is refused.
 *
 * It is parsed before anything else looks at it: patterns that are linear in JSON need not be so in other text. What is bounded
 * here (how many values, how deep) no schema has to fear.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { fieldProblem, type ProblemError, problem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is lines in a type of their own, which its route reads as they come. */
    takesLines?: true;
  }
}

export const BODY_BYTES_MAX = 256 * 1024;
const MEDIA_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;
const UNUSUAL_NUMBER = /\d[.eE]|\d{16}/;
const NO_INTEGER = '0.5';
/** Ten times what the largest request of ours has. */
const VALUES_MAX = 1_000;
const DEPTH_MAX = 32;

/** Takes JSON and nothing else, in this context. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.takesLines === true) return;
    const type = request.headers['content-type'];
    if (type !== undefined && !MEDIA_TYPE.test(type)) throw problem('unsupported_media_type');
  });
  const parse = app.getDefaultJsonParser('error', 'error');
  /** Null if the text is no JSON. */
  const parsed = (request: FastifyRequest, text: string): { readonly value: unknown } | null => {
    let result: { readonly value: unknown } | null = null;
    parse(request, text, (error, value) => {
      result = error === null ? { value } : null;
    });
    return result;
  };
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    // An empty body is no body: verbs such as cancel need none.
    if (bytes.length === 0) return done(null, undefined);
    const text = decodeUtf8(bytes);
    if (text === null) return done(unreadable('must be UTF-8'));
    const asWritten = parsed(request, text);
    if (asWritten === null) return done(unreadable('must be JSON'));
    const fault = faultOf(text);
    if (fault !== null) return done(unreadable(fault));
    const integers = withIntegersOnly(text);
    const body = integers === text ? asWritten : parsed(request, integers);
    return body === null ? done(unreadable('must be JSON')) : done(null, body.value);
  });
}

/** Makes every number of this JSON recognisably wrong that is not a safe, plainly written integer. */
export function withIntegersOnly(text: string): string {
  if (!UNUSUAL_NUMBER.test(text)) return text;
  return text.replace(STRING_OR_NUMBER, (token) => {
    if (token.startsWith('"')) return token;
    return /^-?\d+$/.test(token) && Number.isSafeInteger(Number(token)) ? token : NO_INTEGER;
  });
}

/**
 * What is wrong with this JSON as a body, or null: too many values, too deep, or an object that names a field twice.
 * `JSON.parse` takes the last of the two, other parsers the first: a body that one program approved must not mean something
 * else to the next.
 */
export function faultOf(json: string): string | null {
  const open: (Set<string> | null)[] = [];
  let isName = false;
  let values = 1;
  for (const [token] of json.matchAll(TOKEN)) {
    switch (token) {
      case '{':
      case '[':
        open.push(token === '{' ? new Set() : null);
        isName = token === '{';
        if (open.length > DEPTH_MAX) return `must be nested at most ${DEPTH_MAX} deep`;
        break;
      case '}':
      case ']':
        open.pop();
        isName = false;
        break;
      case ',':
        isName = open.at(-1) !== null;
        values += 1;
        if (values > VALUES_MAX) return `must have at most ${VALUES_MAX} values`;
        break;
      default: {
        const names = open.at(-1);
        if (isName && names) {
          const name: unknown = JSON.parse(token);
          if (names.has(String(name))) return 'must not name a field twice';
          names.add(String(name));
        }
        isName = false;
      }
    }
  }
  return null;
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
