/**
 * What it means to hold a lease (docs/protocol.md, 4.1 to 4.6).
 *
 * A lease says: until `lease_until`, by the database's clock, no other process opens an attempt on this row or cancels
 * its PaymentIntent.
 *
 *   claim ──▶ held ──renewed every 5 s──▶ held ──▶ given back by the settling statement
 *               └── not renewed in time ──▶ aborted here, taken over there
 *
 * This process trusts it for less time than that: the local deadline counts from *before* the claim or renewal was
 * sent, on the monotonic clock, so it always ends earlier than the row's. At the deadline the signal aborts the
 * request on the wire, the SDK's hidden second sending included. A process that was stopped and wakes up later finds
 * its signal aborted before it can send. None of this keeps a customer from paying twice (one PaymentIntent per charge
 * does); it keeps two workers out of each other's way.
 */
import { randomUUID } from 'node:crypto';
import { failpoint } from '../../platform/failpoints.ts';
import type { Log } from '../../platform/log.ts';
import type { Timings } from '../../platform/timings.ts';
import type { Sql } from '../../store/postgres/database.ts';
import { type GatherOptions, gather } from '../../store/postgres/gather.ts';
import { createNewestWrite, type NewestWrite } from '../../store/work/newest-write.ts';
import {
  type ClaimRequest,
  claimRows,
  type HeldLease,
  type Kind,
  ofEachKind,
  type Rows,
  releaseLeases,
  renewLeases,
} from '../../store/work/obligations.ts';

export type Lease = {
  readonly kind: Kind;
  readonly id: string;
  readonly lease_number: number;
  readonly token: string;
  /** Aborts when the lease may no longer be trusted, or when the process must stop at once. */
  readonly signal: AbortSignal;
  /** Milliseconds of trust left; zero once aborted. */
  remaining_ms(): number;
};

export type Claimed<K extends Kind> = { readonly row: Rows[K]; readonly lease: Lease };

export type Leases = {
  /** Claims a row that is due; null when another process holds it or it is not due. */
  claimDue<K extends Kind>(kind: K, id: string): Promise<Claimed<K> | null>;
  /** Claims a row for a waiting person, due or not; not gathered with other claims. */
  claimNow<K extends Kind>(kind: K, id: string): Promise<Claimed<K> | null>;
  /** Gives the lease back, unless a settling statement has, and ends our trust in it. */
  release(lease: Lease): Promise<void>;
  /** Renews everything held; called by a timer, and by tests. */
  renewOnce(): Promise<void>;
  /** Aborts every held lease. */
  abortAll(): void;
  /** Stops renewing. */
  close(): void;
};

type Held = { lease: Lease; controller: AbortController; timer: NodeJS.Timeout; deadline_ms: number };
/** Hears of every lease: that it is held, that it could not be kept, that it is no longer held. */
export type TellLease = (kind: Kind, change: 'held' | 'lost' | 'released') => void;

/** Leases of one process. */
export function createLeases(
  sql: Sql,
  timings: Timings,
  log: Log,
  tell: TellLease = () => {},
  newest: Pick<NewestWrite, 'row'> = createNewestWrite(),
): Leases {
  const held = new Map<string, Held>();
  const gathered = { rows_max: timings.gatherRowsMax, wait_ms: timings.gatherMs };
  const claimers = { due: claimersOf(true, gathered), now: claimersOf(false, { rows_max: 1, wait_ms: 0 }) };
  const releasers = ofEachKind((kind) =>
    gather<HeldLease, void>(async (leases) => {
      await releaseLeases(sql, kind, leases);
      return leases.map(() => undefined);
    }, gathered),
  );

  /** A person's claim waits for no others. Like every claim it is repeated under its token when its answer was lost. */
  function claimersOf(due_only: boolean, company: GatherOptions) {
    const options = { lease_ms: timings.leaseMs, due_only };
    return ofEachKind((kind) =>
      gather<ClaimRequest, Rows[Kind] | undefined>(
        (requests) => claimInOrder(sql, kind, requests, options),
        company,
      ),
    );
  }

  function hold<K extends Kind>(kind: K, row: Rows[K], token: string, sent_ms: number): Claimed<K> {
    const controller = new AbortController();
    const entry: Held = {
      controller,
      deadline_ms: sent_ms + timings.leaseMs,
      timer: setTimeout(() => {}, 0),
      lease: {
        kind,
        id: row.id,
        lease_number: row.lease_number,
        token,
        // A stopped process resumes where it stood, before any of its timers fires: hence the clock.
        get signal() {
          if (performance.now() >= entry.deadline_ms) lose(entry);
          return controller.signal;
        },
        remaining_ms: () =>
          controller.signal.aborted ? 0 : Math.max(0, entry.deadline_ms - performance.now()),
      },
    };
    trust(entry);
    held.set(token, entry);
    tell(kind, 'held');
    return { row, lease: entry.lease };
  }

  async function claim<K extends Kind>(kind: K, id: string, lane: 'due' | 'now'): Promise<Claimed<K> | null> {
    await failpoint('claim.before');
    const token = randomUUID();
    const sent_ms = performance.now();
    const row = await claimers[lane][kind]({ id, token });
    await failpoint('claim.after_effect');
    if (row === undefined) return null;
    newest.row(kind, row.id, { lease_number: row.lease_number });
    return hold(kind, row as Rows[K], token, sent_ms);
  }

  function trust(entry: Held): void {
    clearTimeout(entry.timer);
    const left_ms = entry.deadline_ms - performance.now();
    if (left_ms <= 0) lose(entry);
    else entry.timer = setTimeout(() => lose(entry), left_ms).unref();
  }

  function lose({ controller, lease }: Held): void {
    if (controller.signal.aborted) return;
    controller.abort();
    if (held.has(lease.token)) tell(lease.kind, 'lost');
  }

  async function renewOnce(): Promise<void> {
    for (const kind of new Set([...held.values()].map((entry) => entry.lease.kind))) {
      const entries = [...held.values()].filter((entry) => entry.lease.kind === kind);
      const sent_ms = performance.now();
      const current = new Set(
        await renewLeases(
          sql,
          kind,
          entries.map((entry) => entry.lease),
          timings.leaseMs,
        ),
      );
      for (const entry of entries) {
        // A row that is locked right now is not lost: its deadline stands until the next renewal.
        if (!current.has(entry.lease.id)) continue;
        entry.deadline_ms = sent_ms + timings.leaseMs;
        trust(entry);
      }
    }
  }

  const timer = setInterval(() => {
    if (held.size === 0) return;
    renewOnce().catch((err: unknown) => log.warn({ event: 'lease.renewal_failed', err }));
  }, timings.leaseRenewIntervalMs).unref();

  return {
    claimDue: (kind, id) => claim(kind, id, 'due'),
    claimNow: (kind, id) => claim(kind, id, 'now'),
    release: async (lease) => {
      const entry = held.get(lease.token);
      if (entry === undefined) return;
      clearTimeout(entry.timer);
      held.delete(lease.token);
      tell(lease.kind, 'released');
      await releasers[lease.kind](lease);
    },
    renewOnce,
    abortAll: () => {
      for (const entry of held.values()) entry.controller.abort();
    },
    close: () => clearInterval(timer),
  };
}

async function claimInOrder<K extends Kind>(
  sql: Sql,
  kind: K,
  requests: readonly ClaimRequest[],
  options: { readonly lease_ms: number; readonly due_only: boolean },
): Promise<(Rows[K] | undefined)[]> {
  const rows = await claimRows(sql, kind, requests, options);
  // Two jobs may ask for the same row in one batch: the row carries the winner's token.
  const byToken = new Map(rows.map((row) => [row.claim_token, row]));
  return requests.map((request) => byToken.get(request.token));
}
