import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 20;

/**
 * Calls `look` again and again until it returns something (neither null, undefined nor false), and returns that.
 * Unlike `expect.poll` it works in hooks, and the error contains what was last seen.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  options: { readonly most_ms?: number; readonly tell?: () => unknown } = {},
): Promise<T> {
  const { most_ms = 30_000, tell } = options;
  const end_ms = performance.now() + most_ms;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (performance.now() > end_ms) {
      const told = tell === undefined ? '' : `: ${JSON.stringify(await tell())}`;
      throw new Error(`not within ${most_ms} ms: ${what}${told}`);
    }
    await wait(POLL_MS);
  }
}

/** For work that must finish by itself: throws when it has not after a span that no machine needs. */
export async function comes<T>(what: string, work: Promise<T>, most_ms = 30_000): Promise<T> {
  const patience = new AbortController();
  const late = wait(most_ms, null, { signal: patience.signal }).then(() => {
    throw new Error(`not within ${most_ms} ms: ${what}`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    patience.abort();
  }
}
