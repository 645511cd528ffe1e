/** *accept*: what Stripe took for a charge stands, beside what was asked (docs/protocol.md, 13.5). */
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { decideAccept, type OperatedCharge } from '../../domain/operator-decisions.ts';
import { changeByOperator, readOperated } from '../../store/janitor/operated-charges.ts';
import type { OperatorWord } from '../../store/work/operator-actions.ts';
import {
  isNotVerbed,
  keptOf,
  MOVED,
  type NotVerbed,
  readIntent,
  readMarked,
  readRefunded,
  refused,
  type VerbDependencies,
  type Verbed,
} from './operator-verb.ts';

/** Settles the charge with what Stripe took by its PaymentIntent, or by the one success under its mark. */
export async function acceptCharge(deps: VerbDependencies, id: string, word: OperatorWord): Promise<Verbed> {
  const charge = await readOperated(deps.sql, id);
  if (charge === null) return refused('There is no charge of this id');
  const intent = await findTaken(deps, charge);
  if (isNotVerbed(intent)) return intent;
  const refunded = intent.status === 'succeeded' ? await readRefunded(deps, intent.id) : 0;
  if (isNotVerbed(refunded)) return refunded;
  const decision = decideAccept(charge, intent, refunded);
  if (decision.do === 'refuse') return refused(decision.because);
  if (decision.do === 'note' && charge.open_breaks === 0)
    return refused(`The charge is ${charge.state}, and nothing about it is open`);
  const settles = decision.do === 'settle' ? decision : null;
  const { amount_received_minor, currency } = intent;
  const changed = await changeByOperator(
    deps.sql,
    {
      charge_id: charge.id,
      revision: charge.revision,
      state: settles === null ? null : 'succeeded',
      payment_intent_id: intent.id,
      stripe_charge_id: intent.latest_charge,
      received_minor: settles?.received_minor ?? null,
      accepted_minor: settles?.accepted_minor ?? null,
      paid_with: settles === null ? null : intent.payment_method,
      proven: false,
      verb: 'accept',
      observed: { asked_minor: charge.amount_minor, taken_minor: amount_received_minor, currency },
    },
    word,
  );
  if (!changed) return MOVED;
  const state = settles === null ? charge.state : 'succeeded';
  return { outcome: 'done', id: charge.id, state, amount_minor: amount_received_minor, currency };
}

/** The bound PaymentIntent; of an unbound charge the one that took money under its mark. */
async function findTaken(
  deps: VerbDependencies,
  charge: OperatedCharge,
): Promise<PaymentSnapshot | NotVerbed> {
  const bound = charge.stripe_payment_intent_id;
  if (bound !== null) {
    const intent = await readIntent(deps, bound);
    return intent === 'missing' ? refused(`Stripe does not know ${bound}: write the charge off`) : intent;
  }
  const marked = await readMarked(deps, charge);
  if (isNotVerbed(marked)) return marked;
  const kept = await keptOf(deps, marked);
  if (isNotVerbed(kept)) return kept;
  const [taken, another] = kept;
  if (taken === undefined) return refused('Stripe has taken nothing for this charge');
  if (another === undefined) return taken;
  return refused(`Stripe has taken money twice, by ${taken.id} and ${another.id}: refund one of them first`);
}
