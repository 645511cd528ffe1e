/** `src/store/work/obligations.ts`, statement by statement, on rows in memory. */
import { mayMove } from '../../../src/domain/machines.ts';
import type { HeldLease, Rows } from '../../../src/store/work/obligations.ts';
import { type Modelled, tableOf } from './statement.ts';
import type { ModelledKind, Tables } from './tables.ts';

/** `claimRows` of one row. */
export function claimRow<K extends ModelledKind>(
  tables: Tables,
  kind: K,
  request: { readonly id: string; readonly token: string },
  options: { readonly lease_ms: number; readonly due_only: boolean },
): Rows[K] | null {
  const table: Map<string, Rows[K]> = tables.rows[kind];
  const row = table.get(request.id);
  if (row === undefined) return null;
  const now = tables.now();
  const leased = row.lease_until !== null && row.lease_until > now;
  const ours = row.claim_token === request.token;
  if (leased && !ours) return null;
  if (options.due_only && !ours && (row.due_at === null || row.due_at > now)) return null;
  return tables.write(kind, row.id, {
    claim_token: request.token,
    lease_number: row.lease_number + (ours && leased ? 0 : 1),
    lease_until: new Date(now.getTime() + options.lease_ms),
    offered_at: null,
  } as Partial<Rows[K]>);
}

/** `renewLeases` of one lease; whether it was still current. */
export function renewLease(tables: Tables, kind: ModelledKind, lease: HeldLease, lease_ms: number): boolean {
  const row = heldRow(tables, kind, lease);
  const now = tables.now();
  if (row === null || row.lease_until === null || row.lease_until <= now) return false;
  tables.write(kind, row.id, { lease_until: new Date(now.getTime() + lease_ms) });
  return true;
}

/** Whether a lease has been neither given back nor taken over. */
export function isHeld(tables: Tables, kind: ModelledKind, lease: HeldLease): boolean {
  return heldRow(tables, kind, lease) !== null;
}

/** `releaseLeases` of one lease. */
export function giveBack(tables: Tables, kind: ModelledKind, lease: HeldLease): void {
  const row = heldRow(tables, kind, lease);
  if (row !== null) tables.write(kind, row.id, FREE);
}

const FREE = { claim_token: null, lease_until: null, offered_at: null } as const;

function heldRow(tables: Tables, kind: ModelledKind, lease: HeldLease): Rows[ModelledKind] | null {
  const row = tables.rows[kind].get(lease.id);
  return row !== undefined && row.lease_number === lease.lease_number && row.lease_until !== null
    ? row
    : null;
}

const PARKED: Partial<Record<ModelledKind, string>> = {
  charge: 'needs_review',
  inbox_event: 'parked',
  customer: 'needs_review',
};

const MAX_BACK_OFF_S = 3_600;

export const obligationStatements: readonly Modelled[] = [
  {
    name: 'backOffRow',
    marker: 'tries = t.tries + 1',
    arity: 10,
    run: (tables, values) => {
      const kind = tableOf(values[0]);
      const tries_max = values[1] as number | null;
      const [id, lease_number] = values.slice(-2) as [string, number];
      const row = heldRow(tables, kind, { id, lease_number });
      if (row === null || row.due_at === null) return [];
      const parked = PARKED[kind] ?? null;
      const isLast = tries_max !== null && row.tries + 1 >= tries_max && parked !== null;
      const pause_s = Math.min(MAX_BACK_OFF_S, 2 ** Math.min(row.tries, 12));
      tables.write(kind, row.id, {
        ...FREE,
        tries: row.tries + 1,
        revision: row.revision + 1,
        due_at: isLast ? null : later(tables, pause_s * 1_000),
        ...(isLast && mayMove(kind, row.state as never, parked as never) ? { state: parked } : {}),
      });
      return [];
    },
  },
  {
    name: 'moveRow',
    marker: 'set ?, revision = revision + 1 ?',
    arity: 6,
    run: (tables, [table, set, due, id, revision, lease]) => {
      const kind = tableOf(table);
      const row = tables.rows[kind].get(id as string);
      const [due_in_ms] = (due as Fragment).values;
      const [lease_number] = (lease as Fragment).values;
      if (row === undefined || row.revision !== revision) return [];
      if (lease_number !== undefined && row.lease_number !== lease_number) return [];
      tables.write(kind, row.id, {
        ...(set as { readonly columns: object }).columns,
        ...(due_in_ms === undefined ? {} : { due_at: later(tables, due_in_ms as number | null) }),
        revision: row.revision + 1,
      });
      return [{ id }];
    },
  },
  {
    name: 'forgetOffers',
    marker: 'set offered_at = null',
    arity: 2,
    run: (tables, [table, ids]) => {
      const kind = tableOf(table);
      const now = tables.now();
      for (const id of ids as string[]) {
        const row = tables.rows[kind].get(id);
        if (row?.due_at == null || row.due_at > now) continue;
        if (row.lease_until === null || row.lease_until <= now) tables.write(kind, id, { offered_at: null });
      }
      return [];
    },
  },
  {
    name: 'readRow',
    marker: 'select * from ? where id = ?',
    arity: 2,
    run: (tables, [table, id]) => {
      if ((table as { readonly table: string }).table !== 'payment_methods')
        throw new Error('the model reads methods only');
      const method = tables.methods.get(id as string);
      return method === undefined ? [] : [{ ...method }];
    },
  },
];

type Fragment = { readonly values: readonly unknown[] };

/** `dc_now()` plus milliseconds; null stays null. */
export function later(tables: Tables, ms: number | null): Date | null {
  return ms === null ? null : new Date(tables.now().getTime() + ms);
}
