/** Evidence in which all is well, of two debits: one that its bank refused once and that came back, one whose mandate ended in time. */
import type { Evidence } from '../../chaos/evidence.ts';

const DEBITED = 'chg_debited';
export const ACCOUNT = 'pm_bank';
export const ENDED = 'pm_ended';
const EMAIL = 'kim@chaos.example.test';
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 1);
export const onDay = (days: number): number => START_MS + days * DAY_MS;

const confirm = (number: number, day: number): Evidence['requests'][number] => ({
  ...{ method: 'POST', status: 200, replayed: false },
  path: '/v1/payment_intents/pi_bank/confirm',
  idempotency_key: `dc1:${DEBITED}:confirm:${number}`,
  body: `payment_method=${ACCOUNT}&off_session=true`,
  ...{ at_ms: onDay(day), latest_ms: onDay(day) },
});

const attempt = (number: number, day: number, state: string): Evidence['attempts'][number] => ({
  ...{ charge_id: DEBITED, number, state, idempotency_key: `dc1:${DEBITED}:confirm:${number}` },
  ...{ stripe_payment_intent_id: 'pi_bank', payment_method_id: ACCOUNT, consent_id: 'cns_bank' },
  ...{ request_body: `payment_method=${ACCOUNT}&off_session=true`, decline_code: null },
  ...{ started_at: new Date(onDay(day)), sent_at: new Date(onDay(day)), ended_at: new Date(onDay(day + 1)) },
});

const debit = (nth: number, day: number, status: string): Evidence['debits'][number] => ({
  ...{ id: `py_${nth}`, charge_id: DEBITED, payment_intent: 'pi_bank', payment_method: ACCOUNT, status },
  ...{ failure_code: status === 'failed' ? 'insufficient_funds' : null, disputed: status === 'succeeded' },
  created_ms: onDay(day),
});

const notice = (nth: number, day: number): Evidence['mails'][number] => ({
  ...{ to: EMAIL, message_id: `<ntc_${nth}@chaos.example.test>`, links: [] },
  text: 'On 8 January we collect €25.00 from your account ending in 3000.',
  at_ms: onDay(day),
});

const event = (id: string, type: string, day: number, object: object) =>
  ({ id, type, version: 1, created_at: new Date(onDay(day)).toISOString(), data: { object } }) as never;

/** What two debtors add to evidence. */
export function withDebits(sound: Evidence): Evidence {
  const returned = event('dce_returned', 'charge.disputed', 12, {
    ...{ id: DEBITED, object: 'charge', status: 'succeeded', detail: 'returned' },
  });
  const ended = event('dce_ended', 'mandate.updated', 3, {
    ...{ id: ENDED, object: 'payment_method', mandate: { status: 'inactive' } },
  });
  return {
    ...sound,
    schemes: new Map([
      [ACCOUNT, 'sepa_debit'],
      [ENDED, 'au_becs_debit'],
    ]),
    notices: new Map([
      ['ntc_1', DEBITED],
      ['ntc_2', DEBITED],
    ]),
    debits: [debit(1, 3, 'failed'), debit(2, 9, 'succeeded')],
    ...owed(sound),
    attempts: [...sound.attempts, attempt(1, 3, 'declined'), attempt(2, 9, 'succeeded')],
    transitions: [...sound.transitions, ...moves()],
    allowed: new Set([...sound.allowed, 'charge/in_flight/succeeded']),
    told: [...sound.told, ...TOLD],
    ledger: [...sound.ledger, PAID_BY_DEBIT],
    requests: [...sound.requests, confirm(1, 3), confirm(2, 9)],
    emails: new Map([...sound.emails, ['cst_bank', EMAIL]]),
    mails: [...sound.mails, notice(1, 1), notice(2, 6)],
    shown: [...sound.shown, { id: DEBITED, status: 'succeeded' }],
    returns: { ...sound.returns, bound: new Map([...sound.returns.bound, ['pi_bank', DEBITED]]) },
    feed: [...sound.feed, returned, ended],
    received: {
      ...(sound.received as NonNullable<Evidence['received']>),
      events: new Map([...(sound.received?.events ?? []), ['dce_returned', returned], ['dce_ended', ended]]),
    },
  };
}

const TOLD: Evidence['told'] = [
  { object_id: DEBITED, version: 1, type: 'charge.created' },
  { object_id: DEBITED, version: 3, type: 'charge.succeeded' },
];

function moves(): Evidence['transitions'] {
  return ['queued', 'in_flight', 'succeeded'].map((to_state, nth, states) => ({
    ...{ id: 900 + nth, entity: 'charge', entity_id: DEBITED, from_state: states[nth - 1] ?? null, to_state },
    ...{ version: nth + 1, cause_reference: null, at: new Date(onDay(nth)) },
  }));
}

const PAID_BY_DEBIT: Evidence['ledger'][number] = {
  ...{ id: 'pi_bank', status: 'succeeded', amount: 2_500, amount_received: 2_500, successes: 1 },
  ...{ currency: 'eur', metadata: { dc_charge: DEBITED } },
};

/** What was asked for, and its row. */
function owed(sound: Evidence): Pick<Evidence, 'asked' | 'charges'> {
  return {
    asked: [
      ...sound.asked,
      {
        order: {
          ...{
            key: 'order-3',
            payer: 1,
            amount_minor: 2_500,
            at_ms: 0,
            doubled: false,
            cancel_after_ms: null,
          },
        },
        ...{ customer_id: 'cst_bank', told: [DEBITED], refused: [], changed: null },
      },
    ],
    charges: [
      ...sound.charges,
      {
        ...(sound.charges[0] as Evidence['charges'][number]),
        ...{ id: DEBITED, amount_minor: 2_500, amount_received_minor: 2_500, reference: 'order-3' },
        ...{
          customer_id: 'cst_bank',
          consent_id: 'cns_bank',
          payment_method_id: ACCOUNT,
          follows_customer: false,
        },
        ...{
          stripe_payment_intent_id: 'pi_bank',
          version: 5,
          detail: 'returned',
          settled_at: new Date(onDay(10)),
        },
      },
    ],
  };
}
