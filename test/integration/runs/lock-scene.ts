/** What two statements meet at: a customer, their cards and consents, and charges of one run at three places of their way. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { randomId } from '../../../src/platform/ids.ts';
import type { ChargeStatements } from '../../../src/store/charge/charge-statements.ts';
import type { AttemptOpening } from '../../../src/store/charge/open-attempt.ts';
import type { Sql } from '../../../src/store/postgres/database.ts';
import { claimRows } from '../../../src/store/work/obligations.ts';
import { readCharge, type SeededCharge, seedCharge } from '../../harness/rows.ts';

const LEASE = { lease_ms: 60_000, due_only: false };

/**
 * A customer with a charge to open, one to send again and settle, and one to press; all follow the customer with one card
 * and consent, and another card with its own is there.
 */
export type Scene = {
  readonly customer: string;
  readonly consent: string;
  readonly method: string;
  readonly otherMethod: string;
  /** That of all three charges: started, and with a hold still to be decided. */
  readonly run: string;
  readonly run_lease: number;
  readonly toOpen: AttemptOpening;
  readonly toSend: AttemptOpening;
  readonly toPress: AttemptOpening;
};

/** With a hold, the charge to send again has not been sent: nothing goes before the decision. */
export async function stage(sql: Sql, open: ChargeStatements['open'], hold = false): Promise<Scene> {
  const run = randomId('run');
  await sql`insert into runs (id, state, name, livemode, hold) values (${run}, 'running', 'staged', false, ${hold})`;
  // Now, because a claim passes over a run that somebody's sending holds.
  const [claimedRun] = await claimRows(sql, 'run', [{ id: run, token: randomUUID() }], LEASE);
  const first = await seedCharge(sql, { run_id: run });
  const { customer_id, consent_id } = first;
  const method = (await readCharge(sql, first.id))?.method.id ?? '';
  const [second, third] = [`${first.id}s`, `${first.id}p`];
  await sql`
    insert into charges (id, state, due_at, customer_id, payment_method_id, consent_id, follows_customer, run_id,
                         amount_minor, currency, livemode, description)
    select i.id, i.state, dc_now(), ${customer_id}, ${method}, ${consent_id}, true, ${run}, 1250, 'eur', false, 'Staged'
    from (values (${second}, 'queued'), (${third}, 'action_required')) as i (id, state)`;
  await sql`
    insert into recoveries (id, state, charge_id, kind, payment_method_id, expires_at, link_nonce)
    values (${`rec_${third}`}, 'open', ${third}, 'authenticate', ${method}, dc_now() + interval '1 day', 'n')`;
  const otherMethod = `pm_other_${first.id}`;
  await sql`
    insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, accepted_at)
    values (${`cns_${first.id}`}, ${customer_id}, 'off_session', 'recurring', 'usage', 'I agree.', '2', now())`;
  await sql`
    insert into payment_methods (id, state, customer_id, consent_id, type, usage)
    values (${otherMethod}, 'usable', ${customer_id}, ${`cns_${first.id}`}, 'card', 'off_session')`;
  await sql`update charges set follows_customer = true where id = ${first.id}`;
  await sql`update customers set default_payment_method_id = ${method} where id = ${customer_id}`;
  const ids = [first.id, second, third];
  const claimed = await claimRows(
    sql,
    'charge',
    ids.map((id) => ({ id, token: randomUUID() })),
    LEASE,
  );
  const held = (id: string) => {
    const row = claimed.find((one) => one.id === id);
    if (row === undefined) throw new Error(`${id} was not claimed`);
    return { charge_id: id, lease_number: row.lease_number };
  };
  const scene = {
    customer: customer_id,
    consent: consent_id,
    method,
    otherMethod,
    run,
    run_lease: claimedRun?.lease_number ?? -1,
    toOpen: opening(held(first.id), first, method, null),
    toSend: opening(held(second), first, method, null),
    toPress: opening(held(third), first, method, `rec_${third}`),
  };
  if (!hold) expect((await open(scene.toSend)).opened).toBe(true);
  return scene;
}

function opening(
  { charge_id, lease_number }: { charge_id: string; lease_number: number },
  { consent_id }: SeededCharge,
  payment_method_id: string,
  recovery_id: string | null,
): AttemptOpening {
  return {
    charge_id,
    lease_number,
    payment_intent_id: `pi_${charge_id}`,
    cause: 'worker',
    cause_reference: 'test',
    attempt: {
      number: 1,
      kind: recovery_id === null ? 'off_session' : 'on_session',
      idempotency_key: `dc1:${charge_id}:confirm:1`,
      payment_method_id,
      consent_id,
      chosen: recovery_id === null,
      moves: false,
      request_body: `payment_method=${payment_method_id}`,
      api_version: '2026-10-28.endive',
      opened_status: 'requires_payment_method',
      opened_latest_charge: null,
      number_max: 5,
      future_use: false,
      recovery_id,
    },
  };
}
