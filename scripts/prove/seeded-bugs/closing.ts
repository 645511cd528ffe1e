/** Closing: what merchants see as failed or canceled, and what must not be cancelled. */
import type { Mutation } from '../mutations/mutation.ts';
import { integration, unit } from './checks.ts';

const CANCEL = 'src/billing/charge/cancel-payment-intent.ts';
const UNPROVEN = 'and the cancel is lost or answered with a stored 500';

export const closing: readonly Mutation[] = [
  {
    name: 'told as canceled before the cancel is proven',
    edits: [
      {
        file: CANCEL,
        find: "  const reason = charge.close_as === 'canceled'",
        replace:
          "  const snapshot = { id, status: 'canceled' } as PaymentSnapshot;\n" +
          "  const early: ChargeFact = { fact: 'payment_intent', snapshot, key: null, current: true };\n" +
          "  await applyChargeFact(deps, charge.id, early, { carrier: 'worker', reference: null, context });\n" +
          "  const reason = charge.close_as === 'canceled'",
      },
    ],
    check: integration('charge/charge-closing', UNPROVEN),
  },
  {
    name: 'an unanswered cancel is taken for done',
    edits: [
      {
        file: CANCEL,
        find: 'cancelPaymentIntent(deps.stripe, { id, key, reason }, { signal: lease.signal }),\n',
        replace:
          'cancelPaymentIntent(deps.stripe, { id, key, reason }, { signal: lease.signal }).then((answer) =>\n' +
          "      answer.kind === 'indeterminate'\n" +
          "        ? ({ ...answer, kind: 'ok', value: { id, status: 'canceled' } } as never)\n" +
          '        : answer),\n',
      },
    ],
    check: integration('charge/charge-closing', UNPROVEN),
  },
  {
    name: 'a cancel key that answers an error for ever is kept',
    edits: [
      {
        file: CANCEL,
        find: 'cancel_number: number + 1',
        replace: 'cancel_number: number',
      },
    ],
    check: integration('charge/charge-closing', UNPROVEN),
  },
  {
    name: 'a wish to close does not stop the open attempt',
    edits: [
      {
        file: 'src/domain/charge/decide-charge.ts',
        find: '  if (charge.close_requested_at !== null) return decideClosing(context, attempt, policy);\n',
        replace:
          '  if (attempt !== null) return decideOpenAttempt(context, attempt, policy);\n' +
          '  if (charge.close_requested_at !== null) return decideClosing(context, attempt, policy);\n',
      },
    ],
    check: integration(
      'stops/process-cancel',
      'a charge cancelled before its confirm was sent is never charged',
    ),
  },
  {
    name: 'a cancellation that nobody asked for is told as canceled',
    edits: [
      {
        file: 'src/domain/charge/settle-charge.ts',
        find: "state: asked ? close_as : 'failed',",
        replace: "state: asked ? close_as : 'canceled',",
      },
    ],
    check: integration('charge/charge-closing', 'by itself: the charge fails with proof'),
  },
  {
    name: 'a bound charge is closed without asking Stripe',
    edits: [
      {
        file: 'src/domain/charge/decide-charge.ts',
        find: '  if (charge.stripe_payment_intent_id === null) return decideClosingUnbound(context, policy);',
        replace: "  if (charge.state !== 'pending') return decideClosingUnbound(context, policy);",
      },
    ],
    check: unit('model/protocol-model', 'no schedule breaks a promise'),
  },
  {
    name: 'the orphan sweep cancels a bound PaymentIntent',
    edits: [
      {
        file: 'src/domain/charge/orphans.ts',
        find: "intent.status === 'canceled' || charge?.stripe_payment_intent_id === intent.id",
        replace: "intent.status === 'canceled'",
      },
    ],
    check: integration(
      'janitor/evidence-orphans',
      'orphans are cancelled when nothing can need them any more',
    ),
  },
  {
    name: 'a cancel believes a row that nothing was bound',
    edits: [
      {
        file: 'src/domain/charge/decide-charge.ts',
        find: '(!isBegun || isLookedFor(charge))',
        replace: '(!isBegun || charge.listed_at === null || isLookedFor(charge))',
      },
    ],
    check: integration('binding/lost-create', 'is paid still if it is canceled before its worker comes'),
  },
];
