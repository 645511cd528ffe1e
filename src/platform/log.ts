/**
 * Structured logs: one JSON object a line, one event name a line, a fixed vocabulary of fields.
 *
 * Safety is by allow-list twice over. A field that is not in `LogFields` does not compile, and one that
 * arrives at run time nevertheless is dropped. Errors are reduced to type, code and SQLSTATE; only our own
 * messages are kept, because drivers put parameters into theirs and Stripe puts customers into its own.
 *
 * Levels: info = a state changed, warn = repaired or degraded, error = a person is needed, debug = the rest.
 */
import { pino } from 'pino';
import type { LogLevel } from './config.ts';
import { AppError } from './errors.ts';
import type { LogEvent } from './log-events.ts';

const TEXT_FIELDS = [
  'role',
  'reqId',
  'method',
  // The route's pattern, never the requested address: that may hold a token.
  'route',
  'queue',
  'queueBackend',
  'jobId',
  'chargeId',
  'setupId',
  'customerId',
  'recoveryId',
  'messageId',
  'attemptKind',
  'paymentIntentId',
  'setupIntentId',
  'checkoutSessionId',
  'stripeCustomerId',
  'stripeEventId',
  'stripeEventType',
  'stripeRequestId',
  'operation',
  'fromState',
  'toState',
  'outcome',
  'cause',
  'code',
  'declineCode',
  'failpoint',
  'part',
  'signal',
] as const;
const NUMBER_FIELDS = [
  'statusCode',
  'attemptNumber',
  'leaseNumber',
  'pid',
  'port',
  'count',
  'delayMs',
  'durationMs',
] as const;

/** What may be said in a log line. Ids, states, codes, counts and spans: never content. */
export type LogFields = {
  readonly event?: LogEvent;
  readonly err?: unknown;
} & {
  readonly [Name in (typeof TEXT_FIELDS)[number]]?: string;
} & {
  readonly [Name in (typeof NUMBER_FIELDS)[number]]?: number;
};

type Write = (fields: LogFields, message?: string) => void;

export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  readonly fatal: Write;
  /** A log whose lines all carry these fields too. */
  child(fields: LogFields): Log;
}

const FIELD_NAMES: ReadonlySet<string> = new Set(['event', 'err', ...TEXT_FIELDS, ...NUMBER_FIELDS]);

export interface LogOptions {
  readonly level: LogLevel;
  /** Which process writes, e.g. `api` or `worker`. */
  readonly role: string;
  /** Where lines go; stdout by default. Synchronous: a killed worker must not lose its last line. */
  readonly destination?: { write(line: string): void };
}

/** The log of one process. */
export function createLog(options: LogOptions): Log {
  const destination = options.destination ?? pino.destination({ dest: 1, sync: true });
  const base = { role: options.role, pid: process.pid };
  // Errors are made safe before pino sees them; its own serializer would look for more.
  const serializers = { err: (err: unknown) => err };
  const timestamp = pino.stdTimeFunctions.isoTime;
  return wrap(pino({ level: options.level, base, timestamp, serializers }, destination));
}

/** A log that writes nothing, for tests of code that needs one. */
export function silentLog(): Log {
  return createLog({ level: 'silent', role: 'silent' });
}

/** What a log may know of an error: no message but our own, no stack line that repeats one. */
export interface SafeError {
  readonly type: string;
  readonly code?: string;
  readonly message?: string;
  readonly stack?: string;
  readonly cause?: SafeError;
}

const CAUSES_MAX = 4;
// Node's codes (ECONNREFUSED), Stripe's (card_declined) and SQLSTATEs (40P01) all look like this; prose does
// not.
const CODE_PATTERN = /^[A-Za-z0-9_]{2,64}$/;

/**
 * A place in code: ours, a package's or Node's. A message stands before the frames in a stack and may say anything, also a line
 * that begins like one: it names no file with line and column, or it is one of the message's own lines.
 */
const FRAME = /^ {4}at (?:[\w$.<>[\] #]+ \()?(?:file:\/\/\/|node:|\/)[\w./@+%~-]+:\d+:\d+\)?$/;

function framesOf({ stack, message }: Error): string[] {
  const said = new Set(message.split('\n'));
  return (stack ?? '').split('\n').filter((line) => FRAME.test(line) && !said.has(line));
}

/** Reduces anything that was thrown to what may be shown. */
function safeError(thrown: unknown, depth = 0): SafeError {
  if (!(thrown instanceof Error)) return { type: typeof thrown };
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  const frames = depth === 0 ? framesOf(thrown) : [];
  return {
    type: CODE_PATTERN.test(thrown.name) ? thrown.name : 'Error',
    ...(CODE_PATTERN.test(code) ? { code } : {}),
    ...(thrown instanceof AppError ? { message: thrown.message } : {}),
    ...(frames.length > 0 ? { stack: frames.join('\n') } : {}),
    ...(thrown.cause && depth < CAUSES_MAX ? { cause: safeError(thrown.cause, depth + 1) } : {}),
  };
}

function wrap(target: pino.Logger): Log {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error' | 'fatal'): Write =>
    (fields, message) => {
      if (target.isLevelEnabled(level)) target[level](allowed(fields), message ?? fields.event ?? '');
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
    child: (fields) => wrap(target.child(allowed(fields))),
  };
}

function allowed(fields: LogFields): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || !FIELD_NAMES.has(name)) continue;
    if (name === 'err') line[name] = safeError(value);
    else if (typeof value !== 'object') line[name] = value;
  }
  return line;
}
