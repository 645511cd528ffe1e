/**
 * Our own statements on a database of so many charges: milliseconds, and the blocks that Postgres touched, which do not
 * depend on what else the machine does. Each runs seven times, more often than Postgres hesitates to keep a plan.
 */
import { randomUUID } from 'node:crypto';
import { readCharges } from '../../src/store/charge/charge-context.ts';
import { insertCharge, type NewCharge } from '../../src/store/charge/charge-intake.ts';
import { type ChargeFilter, listCharges } from '../../src/store/charge/charge-list.ts';
import { type AttemptOpening, openAttempts } from '../../src/store/charge/open-attempt.ts';
import { openCreates } from '../../src/store/charge/open-create.ts';
import { type ChargeSettlement, settleCharges } from '../../src/store/charge/settle-charges.ts';
import { readEnded, sumReceived } from '../../src/store/janitor/reconciliation.ts';
import { type Database, openDatabase, type Sql } from '../../src/store/postgres/database.ts';
import { readMetricRows } from '../../src/store/work/metric-rows.ts';
import { claimRows, offerDueRows, type Rows } from '../../src/store/work/obligations.ts';
import { EVERY_CHARGE } from '../../test/harness/every-charge.ts';
import { type Figures, median } from '../whole/figures.ts';
import type { Ground } from '../whole/ground.ts';
import { OURS } from '../whole/readings.ts';
import { fillHistory } from './fill.ts';

const RUNS = 7;
const BATCH = 80;
const PAGE = 50;
const DAY_MS = 86_400_000;
const LEASE_MS = 3_600_000;
/** The whole filling is one. */
const STATEMENT_MS = 3_600_000;

type Probe = readonly [name: string, act: (run: number) => Promise<unknown>];

/** Fills a database of its own, and runs every statement on it. */
export async function statementsAt(ground: Ground, rows: number): Promise<Figures> {
  const fresh = await ground.freshDatabase();
  const database = openDatabase({
    url: fresh.url,
    applicationName: 'bench-scale',
    connectionsMax: 1,
    statementTimeout_ms: STATEMENT_MS,
  });
  try {
    const began_ms = performance.now();
    await fillHistory(database.sql, rows);
    const figures: Record<string, Figures> = {};
    const fill_s = Math.round((performance.now() - began_ms) / 1_000);
    for (const [name, act] of [...(await working(database.sql)), ...reading(database)])
      figures[name] = await probed(database.sql, act);
    return { rows, fill_s, ...figures };
  } finally {
    await database.close();
    await fresh.drop();
  }
}

async function probed(sql: Sql, act: (run: number) => Promise<unknown>): Promise<Figures> {
  const times: number[] = [];
  const before = await blocks(sql);
  for (let run = 0; run < RUNS; run += 1) {
    const began_ms = performance.now();
    await act(run);
    times.push(performance.now() - began_ms);
  }
  return {
    median_ms: Number(median(times).toFixed(2)),
    last_ms: Number((times.at(-1) ?? 0).toFixed(2)),
    blocks: Math.round(((await blocks(sql)) - before) / RUNS),
  };
}

async function blocks(sql: Sql): Promise<number> {
  const [row] = await sql.unsafe<{ blocks: number }[]>(`${OURS}
    select coalesce(sum(shared_blks_hit + shared_blks_read), 0)::float8 as blocks from pg_stat_statements
    where toplevel and query not like '${OURS}%'
      and dbid = (select oid from pg_database where datname = current_database())`);
  return row?.blocks ?? 0;
}

/** A batch of charges from its offer to its end, as a worker takes it. */
async function working(sql: Sql): Promise<Probe[]> {
  const due = await sql<{ id: string }[]>`
    select id from charges where state = 'queued' and scheduled_for is null order by id`;
  const batch = (run: number) => due.slice(run * BATCH, (run + 1) * BATCH).map(({ id }) => id);
  const held = new Map<string, Rows['charge']>();
  const rowsOf = (run: number) => batch(run).flatMap((id) => held.get(id) ?? []);
  const revisions = new Map<string, number>();
  return [
    ['offer', () => offerDueRows(sql, 'charge', { limit: BATCH, stale_ms: 20_000 })],
    ['offer_left', () => offerDueRows(sql, 'charge', { limit: BATCH, stale_ms: 20_000, left_only: true })],
    [
      'claim',
      async (run) => {
        const requests = batch(run).map((id) => ({ id, token: randomUUID() }));
        const rows = await claimRows(sql, 'charge', requests, { lease_ms: LEASE_MS, due_only: true });
        for (const row of rows) held.set(row.id, row);
      },
    ],
    ['read', (run) => readCharges(sql, batch(run))],
    [
      'open_create',
      (run) =>
        openCreates(
          sql,
          rowsOf(run).map(({ id, lease_number }) => ({ charge_id: id, lease_number, method_type: 'card' })),
        ),
    ],
    [
      'open_attempt',
      async (run) => {
        for (const opened of await openAttempts(sql, rowsOf(run).map(opening)))
          if (opened.opened) revisions.set(opened.charge_id, opened.revision);
      },
    ],
    [
      'settle',
      async (run) => {
        const results = await settleCharges(
          sql,
          rowsOf(run).map(({ id }) => settlement(id, revisions.get(id) ?? 0)),
        );
        if (results.some((result) => result !== 'settled')) throw new Error('a charge was not settled');
      },
    ],
    ['intake', (run) => insertCharge(sql, newCharge(run), request(run), 'bench')],
  ];
}

function opening(row: Rows['charge']): AttemptOpening {
  return {
    charge_id: row.id,
    lease_number: row.lease_number,
    payment_intent_id: `pi_bench_${row.id}`,
    cause: 'worker',
    cause_reference: 'bench',
    attempt: {
      number: 1,
      kind: 'off_session',
      idempotency_key: `dc1:${row.id}:confirm:1`,
      payment_method_id: row.payment_method_id,
      consent_id: row.consent_id,
      chosen: true,
      moves: false,
      request_body: `payment_method=${row.payment_method_id}&off_session=true`,
      api_version: '2026-10-28.endive',
      opened_status: 'requires_payment_method',
      opened_latest_charge: null,
      number_max: 8,
      future_use: false,
      recovery_id: null,
    },
  };
}

function settlement(charge_id: string, revision: number): ChargeSettlement {
  return {
    charge_id,
    revision,
    cause: 'worker',
    cause_reference: 'bench',
    stripe_request_id: 'req_bench',
    plan: {
      state: 'succeeded',
      due_in_ms: null,
      detail: null,
      amount_received_minor: 1_250,
      attempt: {
        number: 1,
        state: 'succeeded',
        codes: null,
        stripe_charge_id: `ch_bench_${charge_id}`,
        note: null,
      },
      recovery: null,
    },
  };
}

function newCharge(run: number): NewCharge {
  return {
    id: `chg_bench${run}`,
    customer_id: `cst_${String(1 + run).padStart(24, 'a')}`,
    payment_method_id: null,
    amount_minor: 500,
    currency: 'eur',
    livemode: false,
    description: 'Power in October',
    reference: `bench-${run}`,
    again_of: null,
    scheduled_for: null,
    metadata: {},
    terms: null,
    document: null,
  };
}

function request(run: number) {
  return { route: 'POST /v1/charges', key: `bench-${run}`, request_hash: Buffer.alloc(32) };
}

/** What a merchant, an operator and the janitor look at. */
function reading({ sql, tables }: Database): Probe[] {
  const list = (filter: Partial<ChargeFilter>) => () =>
    listCharges(tables, { ...EVERY_CHARGE, limit: PAGE, ...filter });
  const since = (days: number) => ({ from: new Date(Date.now() - days * DAY_MS), to: new Date() });
  return [
    ['list_all', list({})],
    ['list_customer', list({ customer_id: `cst_${'7'.padStart(24, 'a')}` })],
    ['list_requires_action', list({ states: ['action_required'], scheduled: false })],
    ['list_scheduled', list({ states: ['queued'], scheduled: true })],
    ['list_canceled', list({ states: ['canceled'], scheduled: false })],
    ['metrics', () => readMetricRows(sql)],
    ['sum_received', () => sumReceived(sql, since(35))],
    ['bound_charges', () => readEnded(sql, since(1).from, since(1).to)],
  ];
}
