/** Which PaymentIntent a charge has, and whether it is still what was agreed: how the wrong money is taken. */
import type { Mutation } from '../mutations/mutation.ts';
import { integration, unit } from './checks.ts';

const MARKED = 'src/domain/charge/marked-intents.ts';
const ORPHANS = 'src/domain/charge/orphans.ts';
const SETTLE = 'src/domain/charge/settle-charge.ts';
const RIGHT = 'binding/right-payment-intent';
const UNHEARD = 'binding/unheard-money';
const LOST = 'binding/lost-create';
const CREATE = 'src/billing/charge/create-payment-intent.ts';
const MADE = 'src/billing/charge/marked-intents.ts';
const LATER_USE = 'binding/later-use-forgotten';

export const binding: readonly Mutation[] = [
  {
    name: 'the oldest is bound, whichever has the money',
    edits: [{ file: MARKED, find: 'const intent = paid[0] ??', replace: 'const intent = alive[0] ??' }],
    check: integration(RIGHT, 'the paid one is bound, though an older one waits'),
  },
  {
    name: 'of two payments one is bound in silence',
    edits: [{ file: MARKED, find: 'paid.length > 1 ||', replace: 'paid.length > 2 ||' }],
    check: integration(RIGHT, 'two that were paid are for a person'),
  },
  {
    name: 'the others stay alive beside the one that is bound',
    edits: [
      {
        file: 'src/billing/charge/marked-intents.ts',
        find: 'if (now?.charge.stripe_payment_intent_id !== bound.id) return;',
        replace: 'if (now?.charge.stripe_payment_intent_id === bound.id) return;',
      },
    ],
    check: integration(RIGHT, 'the paid one is bound, though an older one waits'),
  },
  {
    name: 'a held amount is taken for an unconfirmed PaymentIntent',
    edits: [
      {
        file: MARKED,
        find: " || alive.some(({ status }) => status === 'requires_capture')",
        replace: '',
      },
    ],
    check: integration(RIGHT, 'one whose amount is only held are for a person'),
  },
  {
    name: 'the newest is bound',
    edits: [{ file: MARKED, find: '?? alive[0];', replace: '?? alive.at(-1);' }],
    check: unit('domain/marked-intents', 'the oldest is chosen'),
  },
  {
    name: 'a customer who is at the bank is confirmed anew',
    edits: [
      {
        file: 'src/billing/charge/create-payment-intent.ts',
        find: "  if (created.status === 'requires_action') return awaitCustomer(deps, context, created, lease);\n",
        replace: '',
      },
    ],
    check: integration(RIGHT, 'the one at the bank is bound with its attempt'),
  },
  {
    name: 'what is bound at the bank needs no lease',
    edits: [
      {
        file: 'src/store/charge/bind-at-bank.ts',
        find: ` and c.lease_number = \${lease_number} and c.lease_until > clock_timestamp()`,
        replace: '',
      },
    ],
    check: integration('binding/bind-at-bank', 'needs the lease, an unbound charge and no wish to close'),
  },
  {
    name: 'an amount that somebody changed is confirmed',
    edits: [
      {
        file: 'src/billing/charge/confirm-attempt.ts',
        find: '    if (differs === null) return read;\n',
        replace: "    if (differs === null || differs === 'amount') return read;\n",
      },
    ],
    check: integration(RIGHT, 'has its amount compared before the next attempt'),
  },
  {
    name: 'an event that does not fit is believed',
    edits: [
      {
        file: SETTLE,
        find: '  if (!current && disagreementOf(context, snapshot) !== null) return',
        replace: '  if (!current && bound(context) === null) return',
      },
      {
        file: SETTLE,
        find: 'function apply(plan',
        replace:
          'function bound({ charge }: ChargeContext): string | null {\n' +
          '  return charge.stripe_payment_intent_id;\n}\n\nfunction apply(plan',
      },
    ],
    check: integration(RIGHT, 'that does not fit the charge is not believed'),
  },
  {
    name: 'an event binds without a look at the others',
    edits: [
      {
        file: SETTLE,
        find: '  if (!current && (differs !== null || !isBound)) return',
        replace: '  if (!current && differs !== null) return',
      },
    ],
    check: integration(UNHEARD, 'goes to a person when there is more of it, told by a event'),
  },
  {
    name: 'the sweep cancels what a foreign program holds',
    edits: [
      {
        file: ORPHANS,
        find: "hasMoney(intent) || intent.status === 'requires_capture'",
        replace: 'hasMoney(intent)',
      },
    ],
    check: integration('janitor/sweeps', 'leaves alone what a foreign program holds'),
  },
  {
    name: 'money of a charge without a PaymentIntent only alarms',
    edits: [
      {
        file: ORPHANS,
        find: "    return { kind: mayBind ? 'bring' : 'alarm' };",
        replace: "    return { kind: mayBind ? 'alarm' : 'alarm' };",
      },
    ],
    check: integration(UNHEARD, 'is bound and settled by the sweep that finds it'),
  },
  {
    name: 'reconcile keeps to itself what a charge has not heard',
    edits: [
      {
        file: 'src/billing/janitor/reconcile.ts',
        find: 'await bringUnheard(deps, result.payments.unheard);',
        replace: 'await bringUnheard(deps, []);',
      },
    ],
    check: integration(UNHEARD, 'is bound and settled by reconcile, which then agrees'),
  },
  {
    name: 'an event that came while its charge was lost stays ignored',
    edits: [
      {
        file: 'migrations/0004_right_payment.sql',
        find: "where e.state = 'ignored' and e.projection",
        replace: "where e.state = 'parked' and e.projection",
      },
    ],
    check: integration(UNHEARD, 'is heard again when the charge is back'),
  },
  {
    name: 'a payment in an old tab is told as one with the new card',
    edits: [
      {
        file: SETTLE,
        find: 'payment_method === attempt.payment_method_id\n  );',
        replace: 'attempt.number > 0\n  );',
      },
    ],
    check: integration('binding/paid-with', 'a challenge that is passed in an old tab'),
  },
  {
    name: 'the method of a success is not written down',
    edits: [
      {
        file: 'src/store/charge/settle-charges.ts',
        find: '        paid_with = coalesce(w.paid_with, c.paid_with),\n',
        replace: '',
      },
    ],
    check: integration('binding/paid-with', 'the answer to an attempt is its own success'),
  },
  {
    name: 'that later use was written is known from the row alone',
    edits: [
      {
        file: 'src/billing/charge/confirm-attempt.ts',
        find: "if (kind === 'off_session' && intent.setup_future_usage !== null) {",
        replace:
          "if (kind === 'off_session' && intent.setup_future_usage !== null && context.charge.future_use_at !== null) {",
      },
    ],
    check: integration(LATER_USE, 'that is found with later use written is bound'),
  },
  {
    name: 'later use that Stripe shows is not written down with the binding',
    edits: [
      {
        file: 'src/store/charge/settle-charges.ts',
        find: 'future_use_at = case when w.future_use then coalesce(c.future_use_at, (select dc_now())) else c.future_use_at end',
        replace: 'future_use_at = c.future_use_at',
      },
    ],
    check: integration(LATER_USE, 'a bound one that shows it before a retry is noted'),
  },
  {
    name: 'of several unpaid PaymentIntents the oldest is bound, though another was tried',
    edits: [
      {
        file: 'src/domain/charge/marked-intents.ts',
        find: 'paid[0] ?? challenged ?? tried ?? alive[0]',
        replace: 'paid[0] ?? challenged ?? alive[0] ?? tried',
      },
    ],
    check: unit('domain/marked-intents', 'one that was tried comes before an older one'),
  },
  {
    name: 'of several unpaid PaymentIntents one whose challenge left no Charge counts as never tried',
    edits: [
      {
        file: 'src/domain/charge/marked-intents.ts',
        find: 'return latest_charge !== null || last_error !== null;',
        replace: 'return latest_charge !== null || last_error === undefined;',
      },
    ],
    check: unit('domain/marked-intents', 'one that was tried comes before an older one'),
  },
  {
    name: 'a create whose key a lost row has taken is handed to a person at once',
    edits: [
      {
        file: CREATE,
        find: 'code === KEY_TAKEN && !isQuiet(context, deps.timings)',
        replace: "code === ''",
      },
    ],
    check: integration(LOST, 'waits, and goes on with what that makes'),
  },
  {
    name: 'a taken key is sent again for ever',
    edits: [
      {
        file: CREATE,
        find: 'code === KEY_TAKEN && !isQuiet(context, deps.timings)',
        replace: 'code === KEY_TAKEN',
      },
    ],
    check: integration(LOST, 'is for a person after ten minutes'),
  },
  {
    name: 'what was made under a taken key and cancelled since is not seen',
    edits: [
      {
        file: MADE,
        find: '(is_key_taken ? listed.find(isOver)',
        replace: '(is_key_taken && isWide ? listed.find(isOver)',
      },
    ],
    check: integration(LOST, 'ends it once more'),
  },
  {
    name: 'a repeated answer to a create is believed as it stands',
    edits: [
      {
        file: CREATE,
        find: 'is_replay ? await readAgain(deps, made.value.intent, lease) : made.value.intent;',
        replace: 'is_replay === null ? await readAgain(deps, made.value.intent, lease) : made.value.intent;',
      },
    ],
    check: integration(LOST, 'read again: later use was written'),
  },
  {
    name: 'a PaymentIntent that a lost row made for another type is confirmed without naming the type',
    edits: [
      {
        file: 'src/billing/charge/confirm-attempt.ts',
        find: 'types ?? [createTypeOf(context)]',
        replace: '(types?.length === 0 ? types : null) ?? [createTypeOf(context)]',
      },
    ],
    check: integration(LOST, 'waits, and goes on with what that makes'),
  },
  {
    name: 'a repeated create whose PaymentIntent was changed, and cancelled since, is for a person',
    edits: [
      {
        file: CREATE,
        find: "  if (created.status === 'canceled') return endWith(deps, context, created, lease);\n  const found",
        replace: '  const found',
      },
    ],
    check: integration(LOST, 'ends the charge: it never takes money'),
  },
];
