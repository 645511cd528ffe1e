/**
 * The rows of one charge's world, in memory, and the walls around them: what the migrations' triggers and CHECKs
 * refuse is refused here too, and noted as a violation, because the code should never try it.
 */
import type { Attempt } from '../../../src/domain/charge/charge.ts';
import { isTerminal, machines, mayMove } from '../../../src/domain/machines.ts';
import type { Rows } from '../../../src/store/work/obligations.ts';
import type { Without } from '../mutants.ts';
import { EPOCH_MS } from '../stage.ts';
import { letCardsGo } from './live-recovery.ts';
import { copies } from './rows.ts';

/** Kinds of rows that have a worker in the model. Customers are always bound; mails and detachings are free. */
export const modelledKinds = ['charge', 'recovery', 'inbox_event'] as const;
export type ModelledKind = (typeof modelledKinds)[number];

export type AttemptRow = Attempt & {
  readonly stripe_payment_intent_id: string;
  readonly ended_at: Date | null;
};

export type Method = {
  readonly id: string;
  readonly type: string;
  state: 'usable' | 'unusable' | 'detaching';
};

/** A setup that a recovery asked for, once its card is saved: Checkout itself is not modelled. */
export type NewCardRow = {
  readonly recovery_id: string;
  readonly payment_method_id: string;
  readonly is_accepted: boolean;
  readonly saved_at: Date;
};

export type Violate = (name: string, what: string) => void;

export type Tables = {
  /** Every change replaces the row, so what was read stays what it was. */
  readonly rows: { readonly [K in ModelledKind]: Map<string, Rows[K]> };
  /** Newest last; every change replaces the object and the list, so what was read stays what it was. */
  attempts: readonly AttemptRow[];
  readonly methods: Map<string, Method>;
  /** Newest last. */
  readonly newCards: NewCardRow[];
  consent_revoked_at: Date | null;
  /** Since when the kill switch is on. */
  paused_at: Date | null;
  readonly sweeps: Map<string, { due_at_ms: number; cursor: string | null }>;
  readonly breaks: Map<string, string>;
  /** What the merchant was told about the charge, in order. */
  readonly told: string[];
  now(): Date;
  charge(): Rows['charge'];
  /** Changes a row as one statement does: guards first, then the row, then its waiters. */
  write<K extends ModelledKind>(kind: K, id: string, patch: Partial<Rows[K]>): Rows[K];
  insert<K extends ModelledKind>(kind: K, row: Rows[K]): void;
  /** Replaces attempts, with the guards of `charge_attempts`. */
  writeAttempts(attempts: readonly AttemptRow[]): void;
  readonly violate: Violate;
  readonly without: Without;
};

export type TablesOptions = {
  readonly now_ms: () => number;
  readonly changed: (kind: ModelledKind, row: Rows[ModelledKind]) => void;
  /** The charge or one of its attempts moved on. */
  readonly moved: () => void;
  readonly violate: Violate;
  readonly without: Without;
};

/** Empty tables. */
export function createTables(options: TablesOptions): Tables {
  const { changed, violate, without } = options;
  const rows: Tables['rows'] = {
    charge: new Map(),
    recovery: new Map(),
    inbox_event: new Map(),
  };
  /** Kept at hand, because it is read more often than everything else. */
  let charge: Rows['charge'] | undefined;
  /** Puts a row in its place. */
  function put<K extends ModelledKind>(kind: K, row: Rows[K]): void {
    const table: Map<string, Rows[K]> = rows[kind];
    table.set(row.id, row);
    if (kind === 'charge') charge = row as Rows['charge'];
    changed(kind, row);
  }
  const tables: Tables = {
    rows,
    attempts: [],
    methods: new Map(),
    newCards: [],
    consent_revoked_at: null,
    paused_at: null,
    sweeps: new Map(),
    breaks: new Map(),
    told: [],
    violate,
    without,
    now: clockOf(options),
    charge: () => {
      if (charge === undefined) throw new Error('a world has a charge');
      return charge;
    },
    write: (kind, id, patch) => {
      const table: Map<string, Rows[typeof kind]> = rows[kind];
      const old = table.get(id);
      if (old === undefined) throw new Error(`no ${kind} ${id}`);
      const row = Object.assign(copies[kind](old), patch);
      // Leases, offers and due times change most often, and no guard concerns them.
      if (isGuarded(patch)) guard(tables, kind, old, row);
      if (kind === 'charge' && old.state !== row.state) {
        tell(tables, old.state, row.state);
        options.moved();
      }
      put(kind, row);
      if (kind === 'charge') letCardsGo(tables);
      return row;
    },
    insert: (kind, row) => {
      const table: Map<string, Rows[typeof kind]> = rows[kind];
      if (table.has(row.id)) refuse(tables, 'duplicate_key', `${kind} ${row.id}`);
      put(kind, row);
    },
    writeAttempts: (attempts) => {
      guardAttempts(tables, tables.attempts, attempts);
      tables.attempts = attempts;
      options.moved();
    },
  };
  return tables;
}

/** Each statement asks several times, hence the same date while time stands still; no caller may change it. */
function clockOf({ now_ms }: TablesOptions): () => Date {
  let now = new Date(EPOCH_MS);
  let known_ms = 0;
  return () => {
    const at_ms = now_ms();
    if (known_ms !== at_ms) now = new Date(EPOCH_MS + at_ms);
    known_ms = at_ms;
    return now;
  };
}

function isGuarded(patch: object): boolean {
  return 'state' in patch || 'stripe_payment_intent_id' in patch || 'close_requested_at' in patch;
}

/** What the database does with a change that a trigger or a CHECK forbids. */
function refuse({ violate }: Tables, name: string, what: string): never {
  violate(name, what);
  throw Object.assign(new Error(`the database refuses: ${name} ${what}`), { code: 'DC001' });
}

/** Refuses forbidden changes, and adds to a change of state what the trigger adds. */
function guard<K extends ModelledKind>(tables: Tables, kind: K, old: Rows[K], row: Rows[K]): void {
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

function tell(tables: Tables, from: string, to: string): void {
  const statuses: Readonly<Record<string, string>> = machines.charge.statuses;
  const status = statuses[to];
  if (from !== to && statuses[from] !== status && status !== undefined) tables.told.push(status);
}

function guardAttempts(tables: Tables, before: readonly AttemptRow[], after: readonly AttemptRow[]): void {
  const open = after.filter((attempt) => attempt.ended_at === null);
  if (open.length > 1) refuse(tables, 'two_open_attempts', open.map(({ number }) => number).join(' '));
  for (const [index, attempt] of after.entries()) {
    const old = before[index];
    if (old === attempt) continue;
    if (attempt.number !== index + 1 || attempt.number > 8)
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
