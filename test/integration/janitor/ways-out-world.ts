/** What the tests of the operator's verbs share: a world whose books are compared, and each verb as it is typed. */
import { acceptCharge } from '../../../src/billing/janitor/accept-charge.ts';
import { claimPayment } from '../../../src/billing/janitor/claim-payment.ts';
import type { VerbDependencies, Verbed } from '../../../src/billing/janitor/operator-verb.ts';
import { type Reconciliation, reconcile } from '../../../src/billing/janitor/reconcile.ts';
import { refundPayment } from '../../../src/billing/janitor/refund-payment.ts';
import { releaseReview } from '../../../src/billing/janitor/release-review.ts';
import { writeOff } from '../../../src/billing/janitor/write-off.ts';
import type { BreakVerb } from '../../../src/domain/break-kinds.ts';
import type { World } from '../../harness/world.ts';

export const WORD = { reason: 'asked the bank, ticket 4711', by: 'Ada' };
const DAY_MS = 86_400_000;

export function verbsIn(world: World) {
  const { sql, stripe, log, instance } = world.deps;
  const deps: VerbDependencies = { sql, stripe, log, instance_id: instance.id };
  return {
    accept: (charge: string) => acceptCharge(deps, charge, WORD),
    writeOff: (id: string) => writeOff(deps, id, WORD),
    refund: (intent: string) => refundPayment(deps, intent, WORD),
    claim: (payment_intent: string, customer: string, reference: string | null = null) =>
      claimPayment(deps, { payment_intent, customer, reference }, WORD),
    release: (id: string) => releaseReview(sql, { id, way: null, ...WORD }),
    deps,
  };
}

/** Over the window of production, so that what has no time of settling falls out of one side. */
export async function compare(world: World): Promise<Reconciliation> {
  const { sql, stripe, instance } = world.deps;
  const from = new Date(Date.now() - 35 * DAY_MS);
  const [switched] = await sql`select charging_enabled as on from instance`;
  const result = await reconcile({ sql, stripe, instance_id: instance.id, recheck_ms: 0 }, from);
  // What is met here looks like a loss of rows, which has tests of its own: its word is given at once.
  await sql`
    update instance set lost_at = null, withdrawals_due = false, charging_enabled = ${switched?.on as boolean}`;
  await sql`update breaks set closed_by = 'test' where kind = 'rows_lost'`;
  return result;
}

/** Our customer of a PaymentIntent. */
export async function payerOf(world: World, payment_intent: string): Promise<string> {
  const { customer } = await world.sdk.paymentIntents.retrieve(payment_intent);
  const [row] = await world.sql<{ id: string }[]>`
    select id from customers where stripe_customer_id = ${String(customer)}`;
  return row?.id ?? '';
}

export type Concerned = { readonly charge: string | null; readonly payment_intent: string | null };

/** Types a verb about what a break concerns, and the one that has to follow it. */
export async function type(
  world: World,
  verb: BreakVerb,
  entity: string,
  { charge, payment_intent }: Concerned,
): Promise<Verbed | Awaited<ReturnType<typeof releaseReview>>> {
  const verbs = verbsIn(world);
  switch (verb) {
    case 'accept':
      return verbs.accept(charge ?? '');
    case 'write_off':
      return verbs.writeOff(entity.startsWith('pi_') ? entity : (charge ?? ''));
    case 'claim':
      return verbs.claim(payment_intent ?? '', await payerOf(world, payment_intent ?? ''));
    case 'refund':
      return verbs.refund(payment_intent ?? '');
    case 'release':
      return verbs.release(entity);
  }
}

/** The breaks that are open, and the rows that wait for a person. */
export async function leftOpen(world: World): Promise<string[]> {
  const rows = await world.sql<{ line: string }[]>`
    select kind || ' ' || entity_id as line from breaks where closed_by is null
    union all
    select 'parked ' || id from charges where state = 'needs_review'`;
  return rows.map((row) => row.line);
}

/** Money of the charge's own customer, under a mark; answers the PaymentIntent. */
export async function takenFor(world: World, charge: string, dc_charge: string, time = 1): Promise<string> {
  const { payment_method_id, customer_id } = (await world.read(charge)).charge;
  const [payer] = await world.sql`select stripe_customer_id from customers where id = ${customer_id}`;
  const { id } = await world.sdk.paymentIntents.create(
    {
      amount: 777,
      currency: 'eur',
      customer: String(payer?.stripe_customer_id),
      payment_method: payment_method_id,
      allowed_payment_method_types: ['card'],
      confirm: true,
      off_session: true,
      metadata: { dc_charge, dc_instance: world.deps.instance.id },
    },
    { idempotencyKey: `taken:${dc_charge}:${time}` },
  );
  return id;
}
