/**
 * The newest write that Postgres has acknowledged to this process. If it is missing later, Postgres has lost it, and
 * perhaps more: nobody but a living process can know that (docs/protocol.md, 2.15). Rows and requests are never deleted,
 * and a row's revision and lease number only grow.
 */
import type { Kind } from './obligations.ts';

export type AcknowledgedWrite = (
  | {
      readonly what: 'row';
      readonly kind: Kind;
      readonly id: string;
      readonly revision: number;
      readonly lease_number: number;
    }
  /** A merchant's request, by the key under which it was kept. */
  | { readonly what: 'request'; readonly route: string; readonly key: string }
) & {
  /** On the monotonic clock. */
  readonly at_ms: number;
};

export type NewestWrite = {
  /** Called once Postgres has answered; what is not known of the row is left out. */
  row(kind: Kind, id: string, as: { readonly revision?: number; readonly lease_number?: number }): void;
  request(kept: { readonly route: string; readonly key: string }): void;
  read(): AcknowledgedWrite | null;
  /** It was looked for and is lost: it is told once. */
  forget(written: AcknowledgedWrite): void;
};

/** The memory of one process. */
export function createNewestWrite(): NewestWrite {
  let newest: AcknowledgedWrite | null = null;
  return {
    row: (kind, id, { revision = 0, lease_number = 0 }) => {
      newest = { what: 'row', kind, id, revision, lease_number, at_ms: performance.now() };
    },
    request: ({ route, key }) => {
      newest = { what: 'request', route, key, at_ms: performance.now() };
    },
    read: () => newest,
    forget: (written) => {
      if (newest === written) newest = null;
    },
  };
}
