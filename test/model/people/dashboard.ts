/**
 * Others at the same account of Stripe: a person at its dashboard, and a program that copies our marks. What they do no
 * rule can undo, so a person of ours may be needed afterwards.
 */
import type { Intent } from '../stripe/stripe-intents.ts';
import { CHARGE, type World } from '../world.ts';
import { isOpen } from './is-open.ts';

/** What is counted; each must happen often enough to mean something. */
export const dashboardActs = [
  'canceled_in_dashboard',
  'refunded_in_dashboard',
  'amount_changed_in_dashboard',
  'customer_deleted_at_stripe',
  'marks_copied',
  'marks_copied_and_paid',
  'marks_copied_and_held',
] as const;

/** The account's owner, or Stripe itself. */
export function cancels(world: World): void {
  const intent = boundIntent(world) ?? world.bank.intents.get(`pi_${1 + world.random.below(2)}`);
  if (intent?.status !== 'requires_payment_method' && intent?.status !== 'requires_action') return;
  if (isOpen(world)) world.count('canceled_in_dashboard');
  world.bank.cancel(intent, null, 'requested_by_customer');
}

/** The money goes back; the PaymentIntent stays what it was. */
export function refunds({ bank, count }: World): void {
  const paid = [...bank.intents.values()].find(({ succeeded }) => succeeded > 0);
  if (paid === undefined) return;
  count('refunded_in_dashboard');
  paid.refunded = true;
}

/** Another integration, or a support script, writes to what is not its own. */
export function changesAmount(world: World): void {
  const intent = boundIntent(world);
  if (intent?.status !== 'requires_payment_method' || !isOpen(world)) return;
  world.count('amount_changed_in_dashboard');
  world.oddities.add('amount');
  intent.amount = 99_900;
}

/** With the customer go their methods. */
export function deletesCustomer(world: World): void {
  if (isOpen(world)) world.count('customer_deleted_at_stripe');
  world.oddities.add('customer');
  world.gone.add('cus_model');
  for (const id of world.tables.methods.keys()) world.gone.add(id);
}

/** A program makes a PaymentIntent of its own with the metadata of one of ours, and pays it, or holds its amount. */
export function copiesMarks(world: World): void {
  const { bank, random, count, oddities } = world;
  const copied = [...bank.intents.values()].at(-1);
  if (copied === undefined || !isOpen(world)) return;
  oddities.add('foreign');
  count('marks_copied');
  const { customer, metadata } = copied;
  const amount = random.chance(0.7) ? copied.amount : 700;
  const foreign = bank.create({ customer, metadata, amount }, null);
  foreign.isForeign = true;
  const share = random.fraction();
  if (share < 0.42) count('marks_copied_and_paid');
  else if (share < 0.84) count('marks_copied_and_held');
  if (share < 0.84) bank.payForeign(foreign, share < 0.42 ? 'succeeded' : 'requires_capture');
}

function boundIntent({ bank, tables }: World): Intent | undefined {
  return bank.intents.get(tables.rows.charge.get(CHARGE)?.stripe_payment_intent_id ?? '');
}
