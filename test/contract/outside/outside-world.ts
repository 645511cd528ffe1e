/** What a stranger has: the addresses and keys of ready.json, HTTP, SQL, and nothing of our code. */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import postgres from 'postgres';
import { expect } from 'vitest';
import type { z } from 'zod';
import type { Ready } from '../../../sandbox/ready-file.ts';
import { scratchFolder } from '../../../sandbox/scratch-folder.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/start-sandbox.ts';
import { type Problem, problemShape } from './outside-shapes.ts';

export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string };

export type CallOptions = {
  readonly key?: string | null;
  /** A fresh one by default on POST; null sends none. */
  readonly idempotency_key?: string | null;
  readonly headers?: Record<string, string>;
};

export type World = {
  readonly sandbox: Sandbox;
  readonly ready: Ready;
  readonly sql: postgres.Sql;
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  /** As Stripe's API takes it: form fields, bearer of the account's secret key unless another is given. */
  stripe(method: string, path: string, fields?: Record<string, string>, key?: string): Promise<Answer>;
  sim(method: string, path: string, body?: unknown): Promise<Answer>;
  advance(seconds: number): Promise<Answer>;
  close(): Promise<void>;
};

/** A sandbox in a folder of its own, to be closed by the caller. */
export async function openWorld(options: SandboxOptions = {}): Promise<World> {
  const folder = scratchFolder('duecourse-outside-');
  const sandbox = await startSandbox({ folder, durable: false, built: true, ...options });
  const ready = sandbox.ready();
  const sql = postgres(ready.database_url, { max: 2, onnotice: () => {} });
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  return {
    sandbox,
    ready,
    sql,
    call: (method, path, body, { key = ready.api_key, idempotency_key, headers = {} } = {}) => {
      const id = idempotency_key === undefined && method === 'POST' ? fresh('key') : idempotency_key;
      return ask(new URL(path, ready.api_url), {
        method,
        headers: {
          ...(key === null ? {} : bearer(key)),
          ...(id ? { 'idempotency-key': id } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
    stripe: (method, path, fields, key = ready.stripe_secret_key) =>
      ask(new URL(path, ready.stripe_url), {
        method,
        headers: bearer(key),
        ...(fields ? { body: new URLSearchParams(fields) } : {}),
      }),
    sim: (method, path, body) =>
      ask(new URL(`/_sim${path}`, ready.stripe_url), {
        method,
        headers: { ...bearer(ready.stripe_secret_key), 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    advance: (seconds) =>
      ask(new URL(ready.test_clock_url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ advance_seconds: seconds }),
      }),
    close: async () => {
      await sql.end({ timeout: 5 });
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A name nobody has used. */
export function fresh(prefix: string): string {
  return `${prefix}_${randomBytes(8).toString('hex')}`;
}

/** The answer with its whole body; redirects are the caller's. */
export async function ask(url: URL, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(url, { redirect: 'manual', ...init });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** The body by its shape, or an error that shows the body. */
export function read<T>(shape: z.ZodType<T>, answer: Answer): T {
  const parsed = shape.safeParse(answer.text === '' ? null : JSON.parse(answer.text));
  if (parsed.success) return parsed.data;
  throw new Error(`${answer.status} ${answer.text}\n${parsed.error.message}`);
}

/** The problem of an answer that must be this refusal. */
export function refused(answer: Answer, status: number, code: string): Problem {
  const problem = read(problemShape, answer);
  expect([answer.status, problem.code, problem.status]).toEqual([status, code, status]);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  return problem;
}

/** Looks until it is so. */
export async function eventually<T>(
  look: () => Promise<T>,
  isSo: (seen: T) => boolean,
  seconds = 60,
): Promise<T> {
  const end_ms = performance.now() + seconds * 1_000;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (performance.now() > end_ms) throw new Error(`not within ${seconds} s: ${JSON.stringify(seen)}`);
    await wait(50);
  }
}
