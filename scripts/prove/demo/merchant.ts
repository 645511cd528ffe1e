/**
 * The merchant's side of the demo: what any company's program would do, through the public HTTP API alone.
 */
import { setTimeout as wait } from 'node:timers/promises';

export type Merchant = {
  /** Sends JSON and returns the body. Throws on any unexpected status. */
  post<T>(path: string, body: object, idempotency_key?: string): Promise<T>;
  get<T>(path: string): Promise<T>;
};

const DEADLINE_MS = 45_000;
/** If the API turns us away for load, we come again when it says, for as long as this. */
const PATIENCE_MS = 120_000;

/** A client of the API with its key. */
export function merchantAt(api_url: string, api_key: string): Merchant {
  async function call(path: string, init: RequestInit): Promise<unknown> {
    const end_ms = performance.now() + PATIENCE_MS;
    for (;;) {
      const response = await fetch(`${api_url}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${api_key}`, ...init.headers },
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      const text = await response.text();
      if (response.ok) return JSON.parse(text);
      const isBusy = response.status === 503 || response.status === 429;
      if (!isBusy || performance.now() > end_ms)
        throw new Error(`${init.method ?? 'GET'} ${path} answered ${response.status}: ${text}`);
      await wait(1_000 * Number(response.headers.get('retry-after') ?? 1));
    }
  }
  return {
    post: async <T>(path: string, body: object, idempotency_key?: string) =>
      (await call(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: {
          'content-type': 'application/json',
          ...(idempotency_key === undefined ? {} : { 'idempotency-key': idempotency_key }),
        },
      })) as T,
    get: async <T>(path: string) => (await call(path, { method: 'GET' })) as T,
  };
}

/** Runs `work` over all items, so many at a time, started in order. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const lanes = Array.from({ length: width }, async () => {
    for (const item of queue) await work(item);
  });
  await Promise.all(lanes);
}
