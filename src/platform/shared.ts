/**
 * Shares one call among all callers while it runs and for `fresh_ms` from its start, its failure included. Probes and
 * scrapes come from several sides; they must not overload what may be in trouble already.
 */
export function shared<T>(fresh_ms: number, work: () => Promise<T>): () => Promise<T> {
  let latest: { readonly begun_ms: number; readonly result: Promise<T>; isRunning: boolean } | null = null;
  return () => {
    const now_ms = performance.now();
    if (latest !== null && (latest.isRunning || now_ms - latest.begun_ms <= fresh_ms)) return latest.result;
    const begun = { begun_ms: now_ms, result: work(), isRunning: true };
    latest = begun;
    const end = () => {
      begun.isRunning = false;
    };
    begun.result.then(end, end);
    return begun.result;
  };
}
