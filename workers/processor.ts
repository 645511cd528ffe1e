import type { Dependencies } from '../src/billing/dependencies.ts';
import type { Kind } from '../src/store/work/obligations.ts';

/** How one kind of row is worked on: by one use case, so many jobs at a time in each process. */
export type ProcessorOf<K extends Kind> = {
  readonly kind: K;
  /** Jobs at a time; a job carries 1 to 25 rows, which run together. */
  readonly concurrency: number;
  readonly run: (deps: Dependencies, ids: readonly string[]) => Promise<Outcome>;
};

/** Rows that were acted on, that were not due or not free, and whose handler threw. */
export type Outcome = { readonly advanced: number; readonly passed: number; readonly failed: number };
export type Processor = ProcessorOf<Kind>;
