/** How we read Stripe's answers and events, and which wrong states follow. */
import type { Mutation } from '../mutations/mutation.ts';
import { integration, unit } from './checks.ts';

const SETTLE = 'src/domain/charge/settle-charge.ts';
const AGREEMENT = 'src/domain/charge/agreement.ts';

export const outcomes: readonly Mutation[] = [
  {
    name: 'a 500 is taken for a decline',
    edits: [
      {
        file: 'src/stripe/classify.ts',
        find: '  if (status >= 500 || INDETERMINATE_STATUSES.includes(status)) return indeterminate(',
        replace:
          '  if (status === 500)\n' +
          "    return { kind: 'declined', error: NO_CODES, payment_intent: null, setup_intent: null, ...trace };\n" +
          '  if (status > 500 || INDETERMINATE_STATUSES.includes(status)) return indeterminate(',
      },
    ],
    check: integration('charge/charge-unknown', 'is replayed, then looked up by its key'),
  },
  {
    name: 'unknown becomes failed with time',
    edits: [
      {
        file: 'src/domain/charge/unanswered-attempt.ts',
        find: "    case 'indeterminate':\n      return apply({",
        replace:
          "    case 'indeterminate':\n      if (attempt.send_count >= 6)\n        return apply({ ...closingNext, " +
          "close: { as: 'failed', detail: 'no_answer' }, attempt: null });\n      return apply({",
      },
    ],
    check: unit('domain/settle-charge', 'no answer is unknown, never failed'),
  },
  {
    name: 'the amount is not compared',
    edits: [
      {
        file: AGREEMENT,
        find: "  if (snapshot.amount_received_minor !== known.charge.amount_minor) return 'amount_received';\n",
        replace: '',
      },
    ],
    check: unit('domain/settle-charge', 'parks the charge; told by an event it is read first'),
  },
  {
    name: 'the mode of a success is not compared',
    edits: [
      {
        file: AGREEMENT,
        find: "  return snapshot.livemode === charge.livemode ? null : 'livemode';",
        replace: '  return null;',
      },
    ],
    check: integration('janitor/protocol-review', 'still takes the success that matches, and no other'),
  },
  {
    name: 'the mode of an event is not compared',
    edits: [
      {
        file: 'src/billing/janitor/receive-event.ts',
        find: 'if (event.livemode !== livemode) {',
        replace: 'if (event.type === event.id) {',
      },
    ],
    check: integration('charge/protocol-facts', 'an event of the other mode is refused at the door'),
  },
  {
    name: 'an old decline resolves the newest attempt',
    edits: [
      {
        file: SETTLE,
        find: 'if (attempt === null || attempt.idempotency_key !== fact.key) return STALE;',
        replace: 'if (attempt === null) return STALE;',
      },
    ],
    check: unit('domain/settle-charge', 'a decline resolves the attempt that its key names, and no other'),
  },
  {
    name: 'a decline without a key resolves an unanswered attempt',
    edits: [{ file: SETTLE, find: '  if (key === null) return STALE;\n', replace: '' }],
    check: unit('domain/settle-charge', 'a keyless decline never resolves an attempt'),
  },
  {
    name: 'an old event is believed like a reading',
    edits: [
      {
        file: SETTLE,
        find: "  if (!fact.current && !answers) return { settle: 'read_first' };\n",
        replace: '',
      },
    ],
    check: integration(
      'charge/protocol-facts',
      'that calls a failed payment processing does not take the failure',
    ),
  },
  {
    name: 'a reading never grows old',
    edits: [
      {
        file: 'src/billing/charge/settle-charge.ts',
        find: '    brought = aged(fact);\n',
        replace: '    brought = aged(fact) && fact;\n',
      },
    ],
    check: integration('charge/protocol-facts', 'and a reading from before the press does not end the press'),
  },
  {
    name: 'settling does not compare the revision',
    edits: [
      {
        file: 'src/store/charge/settle-charges.ts',
        find: 'c.revision = w.revision and c.lease_number',
        replace: 'c.lease_number',
      },
    ],
    check: integration('charge/charge-statements', 'writes a fact once, whoever brings it again'),
  },
  {
    name: 'no quiet period after a replayed error',
    edits: [
      {
        file: 'src/domain/charge/decide-charge.ts',
        find: 'return elapsedMs(replayed_error_at ?? sent_at, context.now) >= policy.unknownQuietMinutes * MINUTE_MS;',
        replace: 'return elapsedMs(replayed_error_at ?? sent_at, context.now) >= 0;',
      },
    ],
    check: unit('domain/charge-corners', 'a replayed error is looked into after the quiet time'),
  },
  {
    name: 'lost after one look',
    edits: [
      {
        file: 'src/domain/charge/unanswered-attempt.ts',
        find: 'attempt.looked_at !== null && elapsedMs(attempt.looked_at, context.now) >= recheck_ms;',
        replace: 'recheck_ms > 0;',
      },
    ],
    check: unit('model/protocol-model', 'no schedule breaks a promise'),
  },
  {
    name: 'events that cannot be read count as none',
    edits: [
      {
        file: 'src/billing/charge/look-at-stripe.ts',
        find: "  if (answer.kind !== 'ok') return 'unreadable';\n",
        replace: "  if (answer.kind !== 'ok') return null;\n",
      },
    ],
    check: integration('charge/protocol-facts', 'events that cannot be read are no look'),
  },
  {
    name: 'of several events under one key the oldest tells the outcome',
    edits: [
      {
        file: 'src/billing/charge/look-at-stripe.ts',
        find: 'answer.value.at(-1)?.projection',
        replace: 'answer.value.at(0)?.projection',
      },
    ],
    check: integration('charge/charge-second-unknown', 'of two events under one key the newest tells'),
  },
  {
    name: 'any charge of Stripe is the outcome of the newest attempt',
    edits: [
      {
        file: 'src/billing/charge/look-at-stripe.ts',
        find: 'latest_charge !== null && latest_charge !== attempt.opened_latest_charge && !owned;',
        replace: 'latest_charge !== null && (latest_charge !== attempt.opened_latest_charge || owned);',
      },
    ],
    check: integration('charge/charge-second-unknown', 'a second attempt past its key is lost'),
  },
  {
    name: 'a challenge that an earlier press left open is the outcome of the newest',
    edits: [
      {
        file: 'src/billing/charge/look-at-stripe.ts',
        find: 'attempt.opened_status !== status && ',
        replace: '',
      },
    ],
    check: integration('charge/charge-second-unknown', 'a press past its key is lost, not at the bank'),
  },
  {
    name: 'the decline of an earlier card is the outcome of the newest press',
    edits: [
      {
        file: 'src/billing/charge/look-at-stripe.ts',
        find: '(isNew && isOwn) || asked',
        replace: 'isNew || asked',
      },
    ],
    check: integration('charge/charge-second-unknown', 'not declined by the bank’s word on an earlier card'),
  },
  {
    name: 'a 400 that says nothing is not looked into',
    edits: [
      {
        file: 'src/billing/charge/confirm-answer.ts',
        find: '  if (says_nothing) return silently',
        replace: '  if (says_nothing && answer.replayed) return silently',
      },
    ],
    check: integration('charge/protocol-refusals', 'is looked into: the method is gone'),
  },
  {
    name: 'a debit under way is told to ask its customer',
    edits: [
      {
        file: 'src/domain/decline/decline-outcome.ts',
        find: "attempt.kind === 'off_session' && attempt.state === 'open'",
        replace: "attempt.kind === 'off_session'",
      },
    ],
    check: unit('domain/settle-charge', 'is declined, also by the bank'),
  },
  {
    name: 'a debit that failed stays on its way while its customer is at a bank',
    edits: [
      {
        file: 'src/domain/charge/settle-charge.ts',
        find: "context.charge.state === 'pending' && attempt?.state !== 'open' && fact.key === null",
        replace: "context.charge.state === 'needs_review' && attempt?.state !== 'open' && fact.key === null",
      },
    ],
    check: integration('charge/protocol-debits', 'led to a bank since by a press that was lost, is over'),
  },
  {
    name: 'a charge does not show that Stripe refuses our key',
    edits: [
      {
        file: 'src/domain/charge/unanswered-attempt.ts',
        find: "fact.is_api_key_refused ? 'charging_paused' : null",
        replace: 'fact.is_api_key_refused ? null : null',
      },
    ],
    check: integration('charge/protocol-refusals', 'at confirm: shown, asked again a minute later'),
  },
  {
    name: 'a worker that was overtaken parks a charge',
    edits: [
      {
        file: 'src/billing/charge/hand-to-person.ts',
        find: "return { cause: 'worker', lease_number };",
        replace: "return lease_number < 0 ? { cause: 'worker', lease_number } : { cause: 'worker' };",
      },
    ],
    check: integration('binding/right-payment-intent', 'by the word of who holds the charge, not of one'),
  },
];
