/** Whether an operator's verb ends a break, by the decisions of the verbs themselves and what Stripe says at the end. */
import { verbsOf } from '../../src/domain/break-kinds.ts';
import { decideAccept, decideWriteOff, type OperatedCharge } from '../../src/domain/operator-decisions.ts';
import { decideRelease } from '../../src/domain/releases.ts';
import type { Rows } from '../../src/store/work/obligations.ts';
import { projectPaymentIntent } from '../../src/stripe/project.ts';
import type { BreakRow } from './statements/tables.ts';
import { intentJson } from './stripe/intent-json.ts';
import type { Intent } from './stripe/stripe-intents.ts';

/** A parked charge: one of the verbs of one of its breaks does not refuse. */
export function hasWayOut(
  charge: Rows['charge'],
  breaks: readonly BreakRow[],
  intents: ReadonlyMap<string, Intent>,
): boolean {
  const bound = intents.get(charge.stripe_payment_intent_id ?? '');
  // A refusal of Stripe's parks without a break: whatever is bound to it then decides.
  if (breaks.length === 0) return doesHelp('release', charge, bound) && bound?.status !== 'succeeded';
  return breaks.some((about) =>
    verbsOf(about.kind).some((verb) => doesHelp(verb, charge, intents.get(about.stripe_id ?? ''))),
  );
}

function doesHelp(verb: string, charge: Rows['charge'], intent: Intent | undefined): boolean {
  const operated: OperatedCharge = {
    ...charge,
    state: charge.state as OperatedCharge['state'],
    stripe_customer_id: 'cus_model',
  };
  const shown = intent === undefined ? null : projectPaymentIntent(intentJson(intent));
  switch (verb) {
    case 'accept':
      return shown !== null && decideAccept(operated, shown, 0).do !== 'refuse';
    case 'write_off': {
      const isBound = charge.stripe_payment_intent_id === intent?.id;
      return decideWriteOff(operated, isBound && shown !== null ? shown : 'never_bound', 0).do !== 'refuse';
    }
    case 'refund':
      return shown?.status === 'succeeded';
    case 'release':
      return decideRelease('charge', charge as never, null).do !== 'refuse';
    default:
      return false;
  }
}
