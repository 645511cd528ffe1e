/**
 * The walls around the rows: what the migrations' triggers and CHECKs refuse is refused here too, and noted as a
 * violation, because the code should never try it.
 */
import { isTerminal, machines, mayMove } from '../../../src/domain/machines.ts';
import type { Rows } from '../../../src/store/work/obligations.ts';
import type { AttemptRow, ModelledKind, Tables } from './tables.ts';

/** Whether a change concerns a wall at all. */
export function isGuarded(patch: object): boolean {
  return 'state' in patch || 'stripe_payment_intent_id' in patch || 'close_requested_at' in patch;
}

/** What the database does with a change that a trigger or a CHECK forbids. */
export function refuse({ violate }: Tables, name: string, what: string): never {
  violate(name, what);
  throw Object.assign(new Error(`the database refuses: ${name} ${what}`), { code: 'DC001' });
}

/** Refuses forbidden changes, and adds to a change of state what the trigger adds. */
export function guard<K extends ModelledKind>(tables: Tables, kind: K, old: Rows[K], row: Rows[K]): void {
  if (kind === 'charge') guardCharge(tables, old as Rows['charge'], row as Rows['charge']);
  if (old.state === row.state) return;
  if (!mayMove(kind, old.state as never, row.state as never))
    refuse(tables, 'illegal_move', `${kind} ${old.state} -> ${row.state}`);
  row.version = old.version + 1;
  if (isTerminal(kind, row.state as never))
    Object.assign(row, { due_at: null, claim_token: null, lease_until: null });
}

const SETTLED: readonly string[] = ['succeeded', 'failed', 'canceled'];

function guardCharge(tables: Tables, old: Rows['charge'], row: Rows['charge']): void {
  const bound = old.stripe_payment_intent_id;
  if (bound !== null && bound !== row.stripe_payment_intent_id && tables.without !== 'bind_guard')
    refuse(tables, 'bound_again', `${bound} -> ${row.stripe_payment_intent_id}`);
  if (old.close_requested_at !== null && row.close_requested_at === null)
    refuse(tables, 'close_request_taken_back', old.id);
  if ((row.close_requested_at === null) !== (row.close_as === null)) refuse(tables, 'close_check', row.id);
  if (row.state === 'closing' && row.close_requested_at === null) refuse(tables, 'closing_check', row.id);
  const isSettled = SETTLED.includes(row.state);
  if (isSettled !== (row.settled_at !== null)) refuse(tables, 'settled_check', row.state);
  if (row.state === 'succeeded' && row.amount_received_minor !== row.amount_minor)
    refuse(tables, 'succeeded_check', `received ${row.amount_received_minor}`);
  const isProven = row.stripe_payment_intent_id === null || row.payment_intent_canceled_at !== null;
  if (isSettled && row.state !== 'succeeded' && !isProven && tables.without !== 'cancel_proof')
    refuse(tables, 'proof_check', row.state);
}

/** Notes what a change of state tells the merchant. */
export function tell(tables: Tables, charge_id: string, from: string, to: string): void {
  const statuses: Readonly<Record<string, string>> = machines.charge.statuses;
  const status = statuses[to];
  if (from !== to && statuses[from] !== status && status !== undefined)
    tables.told.set(charge_id, [...tables.toldOf(charge_id), status]);
}

/** Refuses forbidden changes of a charge's attempts. */
export function guardAttempts(
  tables: Tables,
  before: readonly AttemptRow[],
  after: readonly AttemptRow[],
): void {
  const open = after.filter((attempt) => attempt.ended_at === null);
  if (open.length > 1) refuse(tables, 'two_open_attempts', open.map(({ number }) => number).join(' '));
  for (const [index, attempt] of after.entries()) {
    const old = before[index];
    if (old === attempt) continue;
    const before_number = after[index - 1]?.number ?? 0;
    if (attempt.number <= before_number || attempt.number > 8)
      refuse(tables, 'attempt_number_check', String(attempt.number));
    if (old !== undefined && !mayMove('attempt', old.state, attempt.state))
      refuse(tables, 'illegal_move', `attempt ${old.state} -> ${attempt.state}`);
    const owned = after.some(
      (other) =>
        other !== attempt &&
        other.stripe_charge_id !== null &&
        other.stripe_charge_id === attempt.stripe_charge_id,
    );
    if (owned) refuse(tables, 'stripe_charge_owned_twice', String(attempt.stripe_charge_id));
  }
}
