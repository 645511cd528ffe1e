/** Customers who pay by debit, and what their bank answers. */
import { expect } from 'vitest';
import { randomId } from '../../../src/platform/ids.ts';
import { markNoticeSent } from '../../../src/store/charge/notices.ts';
import type { SavedCustomer, World } from '../../harness/world.ts';
import { intentOf } from '../charge/protocol-world.ts';

const key = (row: string) => ({ idempotencyKey: `test:${row}` });

/** A customer whose bank account was saved with a mandate, as a merchant adopts it. */
export async function debtor(
  { sdk, sql }: Pick<World, 'sdk' | 'sql'>,
  account: string,
): Promise<SavedCustomer> {
  const customer_id = randomId('cst');
  const consent_id = randomId('cns');
  const email = `${customer_id}@example.test`;
  const { id: stripe_customer_id } = await sdk.customers.create({ email }, key(customer_id));
  const saved = await sdk.setupIntents.create(
    {
      customer: stripe_customer_id,
      payment_method: `pm_sepaDebit_${account}_de`,
      confirm: true,
      usage: 'off_session',
      allowed_payment_method_types: ['sepa_debit'],
      mandate_data: {
        customer_acceptance: {
          type: 'online',
          online: { ip_address: '127.0.0.1', user_agent: 'test' },
        },
      },
    },
    key(randomId('set')),
  );
  const payment_method_id = String(saved.payment_method);
  await sql`
    insert into customers (id, state, email, name, stripe_customer_id, default_payment_method_id)
    values (${customer_id}, 'bound', ${email}, 'Robin', ${stripe_customer_id}, ${payment_method_id})`;
  await sql`
    insert into consents (id, customer_id, scope, frequency, amount_basis, text, text_version, accepted_at)
    values (${consent_id}, ${customer_id}, 'off_session', 'recurring', 'usage', 'I agree.', '1', dc_now())`;
  await sql`
    insert into payment_methods (id, state, customer_id, consent_id, type, usage, mandate_id)
    values (${payment_method_id}, 'usable', ${customer_id}, ${consent_id}, 'sepa_debit', 'off_session',
            ${String(saved.mandate)})`;
  return { customer_id, consent_id, payment_method_id, stripe_customer_id };
}

export type NoticeOf = {
  readonly state: string;
  readonly number: number;
  readonly amount_minor: number;
  readonly collect_on: string;
  readonly is_repetition: boolean;
  readonly sent_at: Date | null;
  readonly confirm_not_before: Date;
  readonly confirm_until: Date;
};

/** The notices of a charge, oldest first. */
export async function noticesOf({ sql }: World, charge: string): Promise<NoticeOf[]> {
  return await sql<NoticeOf[]>`
    select state, number, amount_minor::int, collect_on::text, is_repetition, sent_at, confirm_not_before, confirm_until
    from notices where charge_id = ${charge} order by number`;
}

/** Sends the notice that is owed, and lets its period pass. A mail server is not needed: it is marked as sent. */
export async function announced(world: World, charge: string): Promise<void> {
  await world.work(['charge']);
  await world.sql`update notices set state = 'sending' where charge_id = ${charge} and state = 'queued'`;
  const [notice] = await world.sql`select id from notices where charge_id = ${charge} and state = 'sending'`;
  if (notice !== undefined) await markNoticeSent(world.sql, String(notice.id));
  const [due] = await world.sql<{ in_s: number }[]>`
    select ceil(extract(epoch from due_at - dc_now()))::int as in_s from charges where id = ${charge}`;
  await world.advance(Math.max(1, due?.in_s ?? 0));
}

/** Their charge, once its debit is with the bank. */
export async function onItsWay(world: World, account: string) {
  const customer = await debtor(world, account);
  const charge = await world.charge(customer);
  await announced(world, charge);
  await world.work(['charge']);
  expect((await world.read(charge)).charge.state).toBe('pending');
  return { customer, charge };
}

/** The bank's answer, and everything that it sets going. */
export async function answered(
  world: World,
  charge: string,
  outcome: 'succeed' | 'fail',
  code?: string,
): Promise<void> {
  const { id } = await intentOf(world, charge);
  await world.simulator.control.settle(id, outcome, code);
  await expect
    .poll(async () => {
      await world.work();
      return (await world.read(charge)).charge.state;
    })
    .not.toBe('pending');
  await world.work();
}

/** State and detail of a charge. */
export async function detailOf({ sql }: World, charge: string) {
  return (await sql`select state, detail from charges where id = ${charge}`)[0];
}
