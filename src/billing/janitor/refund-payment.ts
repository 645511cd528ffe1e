/**
 * *refund*: money under our mark that nobody wants goes back in full (docs/protocol.md, 13.5). Stripe's list of refunds
 * is read first, so that typing it twice, or after somebody did it by hand, gives nothing back twice.
 */
import { breakKinds } from '../../domain/break-kinds.ts';
import { isTerminal } from '../../domain/machines.ts';
import { randomId } from '../../platform/ids.ts';
import { findCharge } from '../../store/charge/charge-context.ts';
import { insertOperatedRefund, type RefundRefusal } from '../../store/charge/refund-intake.ts';
import { readOperated } from '../../store/janitor/operated-charges.ts';
import { closeRefund, openRefund } from '../../store/janitor/refund-actions.ts';
import type { OperatorWord } from '../../store/work/operator-actions.ts';
import { createRefund, listRefunds, refundedOf } from '../../stripe/refunds/refunds.ts';
import { sendKeyed } from '../work/keyed-write.ts';
import {
  isNotVerbed,
  readIntent,
  readRefunded,
  refused,
  UNANSWERED,
  type VerbDependencies,
  type Verbed,
} from './operator-verb.ts';

const ENDED_BY_REFUND = Object.entries(breakKinds)
  .filter(([, { verbs }]) => (verbs as readonly string[]).includes('refund'))
  .map(([kind]) => kind);

/** Gives back what a PaymentIntent took. A live charge that is bound to it is written off afterwards. */
export async function refundPayment(
  deps: VerbDependencies,
  payment_intent: string,
  word: OperatorWord,
): Promise<Verbed> {
  const intent = await readIntent(deps, payment_intent);
  if (intent === 'missing') return refused('Stripe does not know this PaymentIntent');
  if (isNotVerbed(intent)) return intent;
  const { id, currency } = intent;
  const taken_minor = intent.amount_received_minor ?? 0;
  if (intent.status !== 'succeeded' || taken_minor === 0)
    return refused(`Stripe has taken nothing by it: it is ${intent.status}`);
  const { id: charge_id } = await findCharge(deps.sql, id);
  const charge = charge_id === null ? null : await readOperated(deps.sql, charge_id);
  if (charge?.state === 'succeeded') return refundCharge(deps, charge.id, id, word);
  const is_live = charge !== null && !isTerminal('charge', charge.state);
  const end = { payment_intent_id: id, amount_minor: taken_minor, closes: is_live ? [] : ENDED_BY_REFUND };
  const refunded = await readRefunded(deps, id);
  if (isNotVerbed(refunded)) return refunded;
  if (refunded < taken_minor) {
    const number = await openRefund(deps.sql, id, word);
    const left = await send(deps, { id, number, taken_minor });
    if (left === 'unanswered') return UNANSWERED;
    const outcome = left === null ? 'refunded' : 'refused';
    await closeRefund(
      deps.sql,
      { ...end, number, outcome, code: left, ...(left === null ? {} : { closes: [] }) },
      word,
    );
    if (left !== null) return refused(`Stripe refused the refund (${left})`);
  } else {
    await closeRefund(deps.sql, { ...end, number: null, outcome: 'refunded', code: null }, word);
  }
  return { outcome: 'done', id, state: 'refunded', amount_minor: taken_minor, currency };
}

/** A charge that stays succeeded gets a refund like any other, of all that is left; a worker makes it. */
async function refundCharge(
  { sql }: VerbDependencies,
  charge_id: string,
  payment_intent: string,
  word: OperatorWord,
): Promise<Verbed> {
  const refund = { id: randomId('rfd'), charge_id, amount_minor: null, reason: null, metadata: {} };
  const taken = await insertOperatedRefund(sql, refund, payment_intent, word);
  if (taken.refusal !== null) return refused(REFUSALS[taken.refusal]);
  const charge = await readOperated(sql, charge_id);
  const currency = charge?.currency ?? null;
  return { outcome: 'done', id: refund.id, state: 'queued', amount_minor: taken.amount_minor, currency };
}

const REFUSALS: Record<RefundRefusal, string> = {
  charge_unknown: 'There is no such charge',
  not_succeeded: 'The charge has moved meanwhile: look at it again',
  charge_disputed: 'Its bank has the money, or decides about it: Stripe refunds nothing of it',
  already_refunded: 'All of it has gone back, or is on its way',
  refund_exceeds: 'More would go back than is left',
  request_differs: 'There is another refund of this id',
};

/** Sends it under the number that is written ahead. Null: it is there; a code: Stripe will not under this number. */
async function send(
  deps: VerbDependencies,
  refund: { readonly id: string; readonly number: number; readonly taken_minor: number },
): Promise<string | null> {
  const { id, number, taken_minor } = refund;
  const sent = await sendKeyed<number>(deps, {
    key: { row: id, verb: 'refund', n: number },
    send: async (key) => {
      const answer = await createRefund(deps.stripe, {
        key,
        payment_intent: id,
        metadata: { dc_refund: key, dc_instance: deps.instance_id },
      });
      return answer.kind === 'ok' ? { ...answer, value: answer.value.amount_minor } : answer;
    },
    look: async () => {
      const answer = await listRefunds(deps.stripe, id);
      if (answer.kind !== 'ok') return { found: 'unanswered', reason: 'list_unanswered' };
      const refunded = refundedOf(answer.value);
      return refunded >= taken_minor ? { found: 'there', value: refunded } : { found: 'missing' };
    },
  });
  if (sent.sent === 'done') return null;
  return sent.sent === 'spent' ? (sent.code ?? 'server_error') : 'unanswered';
}
