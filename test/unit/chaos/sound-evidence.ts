/** Evidence in which all is well: one charge paid after a mail, one canceled in time. */
import type { Evidence } from '../../chaos/evidence.ts';
import type { Order } from '../../chaos/plan.ts';
import { withDebits } from './sound-debits.ts';
import { goneBack, REFUND, toldOf } from './sound-returns.ts';

export const PAID = 'chg_paid';
export const CANCELED = 'chg_canceled';
export const RECOVERY = 'rec_aaaa2222';
const BEFORE_ALL = Number.NEGATIVE_INFINITY;
const START_MS = Date.UTC(2026, 0, 1);
export const at = (seconds: number): Date => new Date(START_MS + seconds * 1_000);

const order = (key: string, amount_minor: number): Order => ({
  key,
  payer: 0,
  amount_minor,
  at_ms: 0,
  doubled: false,
  cancel_after_ms: null,
});

type Move = Evidence['transitions'][number];
let moves = 0;
const moved = (
  entity: string,
  entity_id: string,
  states: readonly (readonly [to: string, seconds: number])[],
  version?: number,
): Move[] =>
  states.map(([to_state, seconds], index) => {
    moves += 1;
    return {
      id: moves,
      entity,
      entity_id,
      from_state: states[index - 1]?.[0] ?? null,
      to_state,
      version: version ?? index + 1,
      cause_reference: null,
      at: at(seconds),
    };
  });

const charge = {
  version: 4,
  currency: 'eur',
  customer_id: 'cst_1',
  accepted_minor: null,
  consent_id: 'cns_1',
  payment_method_id: 'pm_1',
  follows_customer: true,
  created_at: at(0),
  detail: null,
  due_at: null,
} as const;
const attempt = {
  request_body: 'payment_method=pm_1&off_session=true',
  payment_method_id: 'pm_1',
  consent_id: 'cns_1',
  decline_code: null,
  sent_at: at(2),
  ended_at: at(3),
} as const;
const request = { method: 'POST', status: 200, replayed: false } as const;
const intent = { currency: 'eur', metadata: { dc_charge: PAID } } as const;

const charges: Evidence['charges'] = [
  {
    ...charge,
    id: PAID,
    state: 'succeeded',
    amount_minor: 500,
    amount_received_minor: 500,
    reference: 'order-1',
    stripe_payment_intent_id: 'pi_1',
    settled_at: at(60),
  },
  {
    ...charge,
    id: CANCELED,
    state: 'canceled',
    amount_minor: 700,
    amount_received_minor: null,
    reference: 'order-2',
    stripe_payment_intent_id: 'pi_2',
    settled_at: at(5),
  },
];

const attempts: Evidence['attempts'] = [
  {
    ...attempt,
    charge_id: PAID,
    number: 1,
    state: 'authentication_required',
    idempotency_key: `dc1:${PAID}:confirm:1`,
    stripe_payment_intent_id: 'pi_1',
    started_at: at(1),
  },
  {
    ...attempt,
    charge_id: PAID,
    number: 2,
    state: 'succeeded',
    idempotency_key: `dc1:${PAID}:confirm:2`,
    stripe_payment_intent_id: 'pi_1',
    started_at: at(30),
  },
];

const transitions: Evidence['transitions'] = [
  ...moved('charge', PAID, [
    ['queued', 0],
    ['in_flight', 1],
    ['action_required', 3],
    ['succeeded', 60],
  ]),
  ...moved('charge', CANCELED, [
    ['queued', 0],
    ['closing', 2],
    ['canceled', 5],
  ]),
  ...moved(
    'attempt',
    PAID,
    [
      ['open', 1],
      ['authentication_required', 3],
    ],
    1,
  ),
  ...moved('message', 'msg_1', [
    ['queued', 3],
    ['sending', 4],
    ['sent', 5],
  ]),
];

const allowed: Evidence['allowed'] = new Set([
  'charge/queued/in_flight',
  'charge/in_flight/action_required',
  'charge/action_required/succeeded',
  'charge/queued/closing',
  'charge/closing/canceled',
  'attempt/open/authentication_required',
  'message/queued/sending',
  'message/sending/sent',
]);

const statuses: Evidence['statuses'] = new Map([
  ['charge/queued', 'processing'],
  ['charge/in_flight', 'processing'],
  ['charge/closing', 'processing'],
  ['charge/action_required', 'requires_action'],
  ['charge/succeeded', 'succeeded'],
  ['charge/canceled', 'canceled'],
]);

const ledger: Evidence['ledger'] = [
  { ...intent, id: 'pi_1', status: 'succeeded', amount: 500, amount_received: 500, successes: 1 },
  {
    id: 'pi_2',
    status: 'canceled',
    amount: 700,
    amount_received: 0,
    currency: 'eur',
    successes: 0,
    metadata: { dc_charge: CANCELED },
  },
];

const requests: Evidence['requests'] = [
  {
    ...request,
    path: '/v1/payment_intents',
    idempotency_key: `dc1:${PAID}:create:1`,
    body: 'amount=500',
    ...{ at_ms: at(0).getTime(), latest_ms: at(0).getTime() },
  },
  {
    ...request,
    path: '/v1/payment_intents/pi_1/confirm',
    idempotency_key: `dc1:${PAID}:confirm:1`,
    body: attempt.request_body,
    ...{ at_ms: at(2).getTime(), latest_ms: at(2).getTime() },
  },
];

const withdrawals: Evidence['withdrawals'] = [
  {
    kind: 'cancel',
    subject: CANCELED,
    asked_ms: at(1.5).getTime(),
    acked_ms: at(2).getTime(),
    lifted_ms: null,
    in_flight: [],
  },
  {
    kind: 'revocation',
    subject: 'cns_1',
    asked_ms: at(60).getTime(),
    acked_ms: at(61).getTime(),
    lifted_ms: null,
    in_flight: [],
  },
];

const preferred: Evidence['preferred'] = [
  { customer_id: 'cst_1', payment_method_id: 'pm_1', asked_ms: BEFORE_ALL, acked_ms: BEFORE_ALL },
];

const cards: Evidence['cards'] = new Map([
  ['pm_1', 'number_1'],
  ['pm_2', 'number_1'],
]);

const told: Evidence['told'] = [
  { object_id: PAID, version: 1, type: 'charge.created' },
  { object_id: CANCELED, version: 1, type: 'charge.created' },
  { object_id: PAID, version: 3, type: 'charge.attempt_failed' },
  { object_id: PAID, version: 3, type: 'charge.requires_action' },
  { object_id: PAID, version: 3, type: 'recovery.opened' },
  { object_id: PAID, version: 4, type: 'charge.succeeded' },
  { object_id: CANCELED, version: 3, type: 'charge.canceled' },
  { object_id: REFUND, version: 1, type: 'refund.created' },
  { object_id: PAID, version: 4, type: 'charge.disputed' },
  { object_id: PAID, version: 4, type: 'charge.fraud_warning' },
];

/** All of it, debits beside cards. */
export const soundEvidence = (): Evidence => withDebits(soundCards());

function soundCards(): Evidence {
  return {
    ...{ schemes: new Map(), debits: [], notices: new Map() },
    asked: [
      { order: order('order-1', 500), customer_id: 'cst_1', told: [PAID, PAID], refused: [], changed: null },
      { order: order('order-2', 700), customer_id: 'cst_1', told: [CANCELED], refused: [], changed: null },
    ],
    ...{ withdrawals, preferred },
    cards,
    owners: new Map([
      ['pm_1', 'cst_1'],
      ['cns_1', 'cst_1'],
    ]),
    unagreed: new Set(),
    saved: [{ charge_id: PAID, payment_method_id: 'pm_2' }],
    emails: new Map([['cst_1', 'robin@chaos.example.test']]),
    charges,
    attempts,
    transitions,
    allowed,
    statuses,
    told,
    ...toldOf(told),
    ...goneBack(PAID),
    recoveries: [{ id: RECOVERY, state: 'completed', charge_id: PAID }],
    messages: [{ id: 'msg_1', state: 'sent', recovery_id: RECOVERY, step: 'opened', served_by: null }],
    inbox: [{ id: 'evt_1', state: 'applied', stripe_created_at: at(60) }],
    leases: [],
    breaks: [],
    words: [],
    typed: [],
    differences: [],
    ...{ deeds: [], foreign: [], lost: null, two_creates: false, two_verdicts: false },
    shown: [
      { id: PAID, status: 'succeeded' },
      { id: CANCELED, status: 'canceled' },
    ],
    ledger,
    requests,
    webhooks: [
      {
        event: 'evt_1',
        status: 200,
        duplicate: false,
        reordered: false,
        late_ms: 100,
        at_ms: at(61).getTime(),
      },
    ],
    mails: [
      {
        to: 'robin@chaos.example.test',
        message_id: '<msg_1@chaos.example.test>',
        links: [`http://127.0.0.1/r/v1.${RECOVERY}.1.mac`],
        text: 'Your bank wants to see you about €25.00.',
        at_ms: at(6).getTime(),
      },
    ],
  };
}
