/** Writes rows straight into a database, for tests of statements that need no history, and reads them back. */
import type { ChargeContext } from '../../src/domain/charge/charge.ts';
import { randomId } from '../../src/platform/ids.ts';
import { readCharges } from '../../src/store/charge/charge-context.ts';
import type { Sql } from '../../src/store/postgres/database.ts';

export type SeededCharge = { readonly id: string; readonly customer_id: string; readonly consent_id: string };

/** A charge that is due, of a customer bound at Stripe, with a usable card and a live consent. */
export async function seedCharge(
  sql: Sql,
  given: { readonly amount_minor?: number; readonly state?: string; readonly run_id?: string } = {},
): Promise<SeededCharge> {
  const customer_id = randomId('cst');
  const consent_id = randomId('cns');
  const payment_method_id = `pm_${randomId('key').slice(4)}`;
  const id = randomId('chg');
  await sql`
    insert into customers (id, state, email, stripe_customer_id)
    values (${customer_id}, 'bound', 'seeded@example.test', ${`cus_${customer_id}`})`;
  await sql`
    insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, accepted_at)
    values (${consent_id}, ${customer_id}, 'off_session', 'recurring', 'usage', 'I agree.', '1', now())`;
  await sql`
    insert into payment_methods (id, state, customer_id, consent_id, type, usage)
    values (${payment_method_id}, 'usable', ${customer_id}, ${consent_id}, 'card', 'off_session')`;
  await sql`
    insert into charges (id, state, due_at, customer_id, payment_method_id, consent_id, amount_minor, currency,
                         livemode, description, run_id)
    values (${id}, ${given.state ?? 'queued'}, dc_now(), ${customer_id}, ${payment_method_id}, ${consent_id},
            ${given.amount_minor ?? 1_250}, 'eur', false, 'Seeded', ${given.run_id ?? null})`;
  return { id, customer_id, consent_id };
}

/** One charge as decisions see it, or null. */
export async function readCharge(sql: Sql, id: string): Promise<ChargeContext | null> {
  const [context] = await readCharges(sql, [id]);
  return context ?? null;
}

/** The kill switch as an operator throws it. */
export async function setCharging(sql: Sql, enabled: boolean): Promise<void> {
  await sql`update instance set charging_enabled = ${enabled}, charging_reason = 'test'`;
}
