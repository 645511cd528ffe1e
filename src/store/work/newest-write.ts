/**
 * The newest writes that Postgres has acknowledged to this process. If one is missing later, Postgres has lost it, and
 * perhaps more: nobody but a living process can know that (docs/protocol.md, 2.15). A row's revision and lease number only
 * grow, and neither it nor a request is ever deleted, but for the kinds that go when they are old (13.7): one of those that is
 * missing tells nothing, so none of them is kept in mind.
 *
 * Not the very newest alone: a failover may fall between two looks, and a write that is made after it must not hide one
 * that was lost before it.
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
  /** What has to be there, oldest first: the newest write, and those since the last look. */
  read(): readonly AcknowledgedWrite[];
  /** Whether any write was found while the database was the known one: without that, this process knows no other. */
  isWitness(): boolean;
  /** These were looked for: what is missing is told once, and of what is there the newest is looked for again. */
  looked(written: readonly AcknowledgedWrite[], as: Looked): void;
};

type Looked = { readonly missing: readonly AcknowledgedWrite[]; readonly is_known: boolean };

/** Up to so many every write is kept; beyond, one of each moment: a failover takes longer. */
const EACH_MAX = 64;
const MOMENT_MS = 50;
const KEPT_MAX = 256;

const PASSING: ReadonlySet<Kind> = new Set<Kind>(['inbox_event', 'message', 'notice', 'delivery']);

/** The memory of one process. */
export function createNewestWrite(): NewestWrite {
  let kept: AcknowledgedWrite[] = [];
  let moment_ms = 0;
  let isWitness = false;

  function keep(write: AcknowledgedWrite): void {
    const isRoom = kept.length < EACH_MAX || (kept.length < KEPT_MAX && write.at_ms - moment_ms >= MOMENT_MS);
    if (!isRoom) kept.pop();
    else moment_ms = write.at_ms;
    kept.push(write);
  }

  return {
    row: (kind, id, { revision = 0, lease_number = 0 }) => {
      if (PASSING.has(kind)) return;
      keep({ what: 'row', kind, id, revision, lease_number, at_ms: performance.now() });
    },
    request: ({ route, key }) => keep({ what: 'request', route, key, at_ms: performance.now() }),
    read: () => [...kept],
    isWitness: () => isWitness,
    looked: (written, { missing, is_known }) => {
      const newest = kept.at(-1);
      kept = kept.filter((one) => !written.includes(one) || (one === newest && !missing.includes(one)));
      isWitness ||= is_known && missing.length < written.length;
    },
  };
}
