/** Customers with a good card on file, written as rows: how they were saved is not what we measure here. */
import { setTimeout as wait } from 'node:timers/promises';
import { randomId } from '../../src/platform/ids.ts';
import type { Sql } from '../../src/store/postgres/database.ts';
import { openWire } from '../load/wire.ts';
import { OURS } from './readings.ts';

export type Payer = {
  readonly customer_id: string;
  readonly stripe_customer_id: string;
  readonly payment_method_id: string;
};

const CUSTOMERS = 40;
/** A full second's worth comes back in a second. */
const LIMITED_MS = 1_000;
const FORM = 'application/x-www-form-urlencoded';

/** Customers whom nobody but us knows: for canned answers. */
export function inventedPayers(): Payer[] {
  return Array.from({ length: CUSTOMERS }, (_, index) => ({
    customer_id: randomId('cst'),
    stripe_customer_id: `cus_bench${index}`,
    payment_method_id: `pm_bench${index}`,
  }));
}

/** Customers whom the simulator knows, each with a card of their own. */
export async function payersAt(stripe_url: string, secret_key: string): Promise<Payer[]> {
  const wire = openWire(stripe_url, { authorization: `Bearer ${secret_key}`, 'content-type': FORM });
  const call = async (path: string, body: string): Promise<string> => {
    const { status, text } = await wire.send('POST', path, body);
    if (status === 429) {
      await wait(LIMITED_MS);
      return call(path, body);
    }
    if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
    return (JSON.parse(text) as { id: string }).id;
  };
  try {
    return await Promise.all(
      Array.from({ length: CUSTOMERS }, async (_, index) => {
        const stripe_customer_id = await call('/v1/customers', `email=payer-${index}%40example.test`);
        const card = `customer=${stripe_customer_id}`;
        const payment_method_id = await call('/v1/payment_methods/pm_card_visa/attach', card);
        return { customer_id: randomId('cst'), stripe_customer_id, payment_method_id };
      }),
    );
  } finally {
    wire.close();
  }
}

/** Writes them as our set-up leaves them. */
export async function writePayers(sql: Sql, payers: readonly Payer[]): Promise<void> {
  const rows = payers.map((payer) => ({ ...payer, consent_id: randomId('cns') }));
  await sql`
    with given as (
      select * from jsonb_to_recordset(${sql.json(rows)}::jsonb)
        as g (customer_id text, consent_id text, stripe_customer_id text, payment_method_id text)
    ), known as (
      insert into customers (id, state, email, stripe_customer_id, default_payment_method_id)
      select customer_id, 'bound', customer_id || '@example.test', stripe_customer_id, payment_method_id from given
    ), agreed as (
      insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, accepted_at)
      select consent_id, customer_id, 'off_session', 'recurring', 'usage', 'I agree', '1', now() from given
    )
    insert into payment_methods (id, state, customer_id, consent_id, type, card_brand, card_last4, usage)
    select payment_method_id, 'usable', customer_id, consent_id, 'card', 'visa', '4242', 'off_session' from given`;
}

/** This many charges, due now, for one customer after another: rows as `POST /v1/charges` writes them, in one statement. */
export async function writeCharges(sql: Sql, count: number, table = 'charges'): Promise<void> {
  await sql.unsafe(`${OURS}
    insert into ${table} (id, state, due_at, customer_id, payment_method_id, consent_id, follows_customer,
                          amount_minor, currency, livemode, description, cause, cause_reference)
    select 'chg_' || substr(translate(md5(random()::text || g), '0189', 'wxyz'), 1, 24), 'queued', dc_now(),
           p.customer_id, p.id, p.consent_id, true, 1250 + g % 100, 'eur', false, 'Power in October', 'api', 'bench'
    from generate_series(1, ${Math.trunc(count)}) g
    join (select m.*, row_number() over (order by m.id) as place, count(*) over () as among
          from payment_methods m join customers c on c.default_payment_method_id = m.id) p
      on p.place = 1 + g % p.among`);
}

/** The body of `POST /v1/charges`, for one customer after another. */
export function bodiesOf(payers: readonly Payer[]): string[] {
  return payers.map(({ customer_id }, index) =>
    JSON.stringify({
      customer: customer_id,
      amount: 1_250 + index,
      currency: 'eur',
      description: 'Power in October',
      metadata: { meter: `m-${index}` },
    }),
  );
}
