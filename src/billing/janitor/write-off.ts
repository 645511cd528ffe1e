/**
 * *write-off*: a charge ends as failed, and nobody will be charged for it (docs/protocol.md, 13.5). What can still be
 * paid at Stripe is cancelled, and Stripe's word is the proof; where it has none to give, the person's word is kept.
 */

import { decideOrphan } from '../../domain/charge/orphans.ts';
import type { PaymentSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { decideWriteOff, type ShownIntent } from '../../domain/operator-decisions.ts';
import { stripeSide } from '../../domain/reconciliation.ts';
import { unreachable } from '../../platform/errors.ts';
import {
  changeByOperator,
  type FoundCharge,
  readOperated,
  spendCancel,
} from '../../store/janitor/operated-charges.ts';
import { closeOrphan, openOrphanCancel, readOrphanCharges } from '../../store/janitor/orphans.ts';
import type { OperatorWord } from '../../store/work/operator-actions.ts';
import { cancelPaymentIntent } from '../../stripe/payment-intents.ts';
import { sendKeyed } from '../work/keyed-write.ts';
import {
  isNotVerbed,
  keptOf,
  MOVED,
  markOn,
  type NotVerbed,
  readIntent,
  readMarked,
  readRefunded,
  refused,
  UNANSWERED,
  type VerbDependencies,
  type Verbed,
} from './operator-verb.ts';

/** Writes off a charge, or a PaymentIntent that no charge is bound to. */
export async function writeOff(deps: VerbDependencies, id: string, word: OperatorWord): Promise<Verbed> {
  const charge = await readOperated(deps.sql, id);
  if (charge !== null) return writeOffCharge(deps, charge, word);
  return id.startsWith('pi_') ? writeOffOrphan(deps, id, word) : refused('There is no charge of this id');
}

async function writeOffCharge(
  deps: VerbDependencies,
  charge: FoundCharge,
  word: OperatorWord,
): Promise<Verbed> {
  if (charge.state !== 'needs_review' && charge.open_breaks === 0)
    return refused('Nothing about this charge waits for a person: cancel it by the API');
  const bound = charge.stripe_payment_intent_id;
  const shown: ShownIntent | NotVerbed = bound === null ? 'never_bound' : await readIntent(deps, bound);
  if (isNotVerbed(shown)) return shown;
  const refunded =
    typeof shown === 'object' && shown.status === 'succeeded' ? await readRefunded(deps, shown.id) : 0;
  if (isNotVerbed(refunded)) return refunded;
  const stray = bound === null ? await findStray(deps, charge) : null;
  if (isNotVerbed(stray)) return stray;
  const decision = decideWriteOff(charge, stray ?? shown, refunded);
  switch (decision.do) {
    case 'refuse':
      return refused(decision.because);
    case 'fail':
      return write(deps, charge, { shown, state: 'failed', proven: decision.proven }, word);
    case 'close':
      return write(deps, charge, { shown, state: 'closing', proven: false }, word);
    case 'note':
      return write(deps, charge, { shown, state: null, proven: decision.proven }, word);
    case 'cancel': {
      const canceled = await cancelNow(deps, { row: charge.id, id: bound ?? '', n: charge.cancel_number });
      if (isNotVerbed(canceled)) return canceled;
      return write(deps, charge, { shown: canceled, state: null, proven: true }, word);
    }
    default:
      return unreachable(decision);
  }
}

/** Money under the mark of a charge that is bound to nothing: it would be left behind. */
async function findStray(
  deps: VerbDependencies,
  charge: FoundCharge,
): Promise<PaymentSnapshot | NotVerbed | null> {
  const marked = await readMarked(deps, charge);
  if (isNotVerbed(marked)) return marked;
  const kept = await keptOf(deps, marked);
  if (isNotVerbed(kept)) return kept;
  return kept[0] ?? marked.find(({ status }) => status === 'processing') ?? null;
}

async function write(
  { sql }: VerbDependencies,
  charge: FoundCharge,
  end: { readonly shown: ShownIntent; readonly state: 'failed' | 'closing' | null; readonly proven: boolean },
  word: OperatorWord,
): Promise<Verbed> {
  const { shown, state, proven } = end;
  const changed = await changeByOperator(
    sql,
    {
      charge_id: charge.id,
      revision: charge.revision,
      state,
      payment_intent_id: charge.stripe_payment_intent_id,
      stripe_charge_id: null,
      received_minor: null,
      accepted_minor: null,
      paid_with: null,
      // A success that was told is never untold: its PaymentIntent's end is on record, and no proof of the row's.
      proven: proven && charge.state !== 'succeeded',
      verb: 'write_off',
      // What is known from now on: the cancellation has just changed it.
      observed: {
        was: charge.state,
        ...(typeof shown === 'object' ? { stripe: stripeSide(shown) } : { stripe: null }),
      },
    },
    word,
  );
  if (!changed) return MOVED;
  const { id, amount_minor, currency } = charge;
  return { outcome: 'done', id, state: state ?? charge.state, amount_minor, currency };
}

/** A PaymentIntent of ours that no charge is bound to and that has taken nothing. */
async function writeOffOrphan(deps: VerbDependencies, id: string, word: OperatorWord): Promise<Verbed> {
  const intent = await readIntent(deps, id);
  if (intent === 'missing') return refused('Stripe does not know this PaymentIntent');
  if (isNotVerbed(intent)) return intent;
  const mark = markOn(deps, intent);
  if (mark === null) return refused('This PaymentIntent does not carry our mark');
  const charges = await readOrphanCharges(deps.sql, [mark]);
  // One whose charge is missing is the sweep's to keep, and a person's to end.
  const decision = decideOrphan(intent, charges.get(mark) ?? null);
  if (decision.kind === 'alarm' || decision.kind === 'bring')
    return refused('It has taken money, or holds it: claim, accept or refund it');
  if (decision.kind === 'keep' && intent.status !== 'canceled')
    return refused(`It is, or may become, that of ${mark}`);
  if (intent.status !== 'canceled') {
    const canceled = await cancelNow(deps, { row: id, id, n: await openOrphanCancel(deps.sql, id) });
    if (isNotVerbed(canceled)) return canceled;
  }
  await closeOrphan(deps.sql, id, word);
  return {
    outcome: 'done',
    id,
    state: 'canceled',
    amount_minor: intent.amount_minor,
    currency: intent.currency,
  };
}

/** Cancels under a number that its row holds already, so that nothing happens twice however often it is typed. */
async function cancelNow(
  deps: VerbDependencies,
  what: { readonly row: string; readonly id: string; readonly n: number },
): Promise<PaymentSnapshot | NotVerbed> {
  const { row, id, n } = what;
  const sent = await sendKeyed<PaymentSnapshot>(deps, {
    key: { row, verb: 'cancel', n },
    send: (key) => cancelPaymentIntent(deps.stripe, { id, key, reason: 'abandoned' }),
    look: async () => {
      const intent = await readIntent(deps, id);
      if (intent === 'missing' || isNotVerbed(intent))
        return { found: 'unanswered', reason: 'read_unanswered' };
      return intent.status === 'canceled' ? { found: 'there', value: intent } : { found: 'missing' };
    },
  });
  if (sent.sent === 'done') return sent.value;
  if (sent.sent === 'spent' && row !== id) await spendCancel(deps.sql, row, n);
  return sent.sent === 'spent'
    ? refused(`Stripe did not cancel it (${sent.code ?? 'server_error'})`)
    : UNANSWERED;
}
