/** The test clock: `POST {advance_seconds}` moves our business time and the simulator's together. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { isFromElsewhere } from '../simulator/http/own-callers.ts';
import type { Sql } from '../src/store/postgres/database.ts';
import { readNow } from '../src/store/postgres/instance.ts';
import { countDueBy, moveClock, readNextStop } from '../src/store/work/clock-moves.ts';

export type Moved = {
  /** Business time, ISO 8601. */
  readonly now: string;
  readonly advanced_seconds: number;
  /** Rows that were due then and are not done: 0 unless something is broken or very slow. */
  readonly still_due: number;
};

export type TestClock = {
  readonly url: string;
  /** The same without HTTP. */
  advance(seconds: number): Promise<Moved>;
  close(): Promise<void>;
};

const HOST = '127.0.0.1';
const SECONDS_MAX = 10 * 366 * 86_400;
const BODY_CHARS_MAX = 1_000;
const POLL_MS = 40;
/** How long due rows may take, and then the rows that followed from them. */
const DUE_MS = 30_000;
const AFTERMATH_MS = 2_000;
/** The least distance between stops, and their greatest number. */
const STOP_S_MIN = 3_600;
const STOPS_MAX = 16;

/** Serves it on a free loopback port. Moves happen one after another. */
export async function startTestClock(sql: Sql, simulator_url: string): Promise<TestClock> {
  let last: Promise<unknown> = Promise.resolve();
  const advance = (seconds: number): Promise<Moved> => {
    const moved = last.then(() => move(sql, simulator_url, seconds));
    last = moved.catch(() => {});
    return moved;
  };
  const server = createServer((request, response) => {
    answer(request, response, advance).catch(() => send(response, 500, { error: 'the clock did not move' }));
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/`,
    advance,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Stops on the way wherever later due times are counted from: a mail sent a week late would delay the end of its
 * recovery, and the second retry follows the first. Stops are limited in number, and end once the time is used up.
 */
async function move(sql: Sql, simulator_url: string, seconds: number): Promise<Moved> {
  const end_ms = performance.now() + DUE_MS;
  const shortest_s = Math.max(STOP_S_MIN, Math.ceil(seconds / STOPS_MAX));
  let left_s = seconds;
  while (left_s > shortest_s && performance.now() < end_ms) {
    const stop_ms = await readNextStop(sql, left_s * 1_000);
    if (stop_ms === null) break;
    const step_s = Math.min(left_s, Math.max(shortest_s, Math.ceil(stop_ms / 1_000)));
    await step(sql, simulator_url, step_s);
    left_s -= step_s;
  }
  const still_due = await step(sql, simulator_url, left_s);
  return { now: (await readNow(sql)).toISOString(), advanced_seconds: seconds, still_due };
}

/** Ours first: a worker must not think a key fresher than Stripe does, and resend one that Stripe has forgotten. */
async function step(sql: Sql, simulator_url: string, seconds: number): Promise<number> {
  await moveClock(sql, seconds * 1_000);
  await advanceSimulator(simulator_url, seconds);
  // A second move, by nothing, wakes the workers for what the simulator's timers have sent meanwhile.
  const by = await moveClock(sql, 0);
  const still_due = await untilNoneDue(sql, () => Promise.resolve(by), DUE_MS);
  await untilNoneDue(sql, () => readNow(sql), AFTERMATH_MS);
  return still_due;
}

/** Moves the simulator's clock; it answers when its timers have run and their webhooks are delivered. */
async function advanceSimulator(simulator_url: string, seconds: number): Promise<void> {
  const response = await fetch(`${simulator_url}/_sim/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advance: seconds }),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the simulator's clock answered ${response.status}`);
}

async function untilNoneDue(sql: Sql, by: () => Promise<Date>, most_ms: number): Promise<number> {
  const end_ms = performance.now() + most_ms;
  for (;;) {
    const due = await countDueBy(sql, await by());
    if (due === 0 || performance.now() > end_ms) return due;
    await wait(POLL_MS);
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  advance: (seconds: number) => Promise<Moved>,
): Promise<void> {
  if (isFromElsewhere(request)) return send(response, 403, { error: 'only from this machine' });
  if (request.method !== 'POST') return send(response, 405, { error: 'POST {advance_seconds}' });
  const seconds = secondsIn(await readBody(request));
  if (seconds === null) return send(response, 400, { error: 'advance_seconds: a whole number from 0' });
  send(response, 200, await advance(seconds));
}

function secondsIn(body: string): number | null {
  try {
    const { advance_seconds } = JSON.parse(body) as { advance_seconds?: unknown };
    const isWhole = typeof advance_seconds === 'number' && Number.isInteger(advance_seconds);
    return isWhole && advance_seconds >= 0 && advance_seconds <= SECONDS_MAX ? advance_seconds : null;
  } catch {
    return null;
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > BODY_CHARS_MAX) return '';
  }
  return body;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}
