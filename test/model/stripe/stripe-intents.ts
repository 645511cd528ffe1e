/**
 * PaymentIntents at Stripe: the machine with `requires_action` and debits, the bank behind it, and the events that it
 * makes. `succeeded` and `canceled` are final; everything else that the model does to a request is adversarial.
 */
import type { Fault } from '../people/faults.ts';
import type { Random } from '../people/random.ts';
import { intentJson } from './intent-json.ts';

export type Json = Readonly<Record<string, unknown>>;

export type Intent = {
  readonly id: string;
  readonly customer: string | null;
  readonly metadata: Json;
  readonly created_s: number;
  /** Others may change it. */
  amount: number;
  /** Made by another program, whatever marks it copied. */
  isForeign: boolean;
  refunded: boolean;
  status:
    | 'requires_payment_method'
    | 'requires_action'
    | 'requires_capture'
    | 'processing'
    | 'succeeded'
    | 'canceled';
  latest_charge: string | null;
  /** Of the newest confirm; forgotten after a decline. */
  payment_method: string | null;
  last_error: Json | null;
  setup_future_usage: string | null;
  confirms: number;
  /** Each executed confirm, oldest first, and its result. */
  readonly tries: Try[];
  /** Which of the bank's challenges is open; a later confirm opens another. */
  challenge: number;
  succeeded: number;
  /** The key that cancelled it; null for a cancellation in the Dashboard. */
  canceled_by: string | null | undefined;
};

export type Try = {
  readonly key: string | null;
  readonly at_ms: number;
  /** An unanswered challenge is superseded by the next confirm. */
  state: 'challenged' | 'processing' | 'succeeded' | 'declined' | 'superseded' | 'canceled';
  /** The bank forbids any further try. */
  isStop: boolean;
};

/** What a card or account tends to answer; the shares add up to one. */
export type Temper = {
  readonly ok: number;
  readonly authenticate: number;
  readonly issuer: number;
  readonly technical: number;
  readonly replace: number;
  readonly stop: number;
};

export type StripeEvent = {
  readonly id: string;
  readonly json: Json;
  readonly created_s: number;
  /** When the list begins to show it. */
  readonly listed_at_ms: number;
};

export type Bank = {
  /** Answers a confirm; throws nothing, changes the PaymentIntent. */
  confirm(intent: Intent, sent: Confirm): Verdict;
  /** The customer passes or fails at the bank's page; does nothing if another challenge is open by now. */
  answer(intent: Intent, challenge: number, passes: boolean): void;
  cancel(intent: Intent, key: string | null, reason: string): void;
  create(sent: Created, key: string | null): Intent;
  /** Another program has its own paid, or its amount held. */
  payForeign(intent: Intent, as: 'succeeded' | 'requires_capture'): void;
  readonly intents: Map<string, Intent>;
  readonly events: StripeEvent[];
  /** Keys that were refused because they came again with other bytes. */
  readonly reused: Set<string>;
};

type Created = { readonly customer: string | null; readonly metadata: Json; readonly amount: number };

export type Confirm = {
  readonly payment_method: string;
  readonly off_session: boolean;
  readonly setup_future_usage: string | null;
  readonly key: string | null;
};

/** `declined` carries the error of the 402. */
export type Verdict = { readonly outcome: 'done' } | { readonly outcome: 'declined'; readonly error: Json };

export type BankOptions = {
  readonly random: Random;
  readonly now_ms: () => number;
  readonly now_s: () => number;
  readonly at: (delay_ms: number, happen: () => void) => void;
  readonly told: (event: StripeEvent, intent: Intent) => void;
  readonly strikes: (fault: Fault) => boolean;
  readonly temper: (payment_method: string) => Temper;
  /** Methods that answer days later. */
  readonly isDebit: (payment_method: string) => boolean;
  /** After this many confirms Stripe cancels the PaymentIntent by itself. */
  readonly confirms_max: number;
};

const DAY_MS = 86_400_000;
/** How late the list of events may show an event: less than the time between two looks. */
const LISTED_MS = 40_000;
const CODES = {
  issuer: ['card_declined', 'insufficient_funds'],
  technical: ['processing_error', null],
  replace: ['expired_card', null],
  lost: ['card_declined', 'lost_card'],
  stop: ['card_declined', 'fraudulent'],
  revoked: ['card_declined', 'revocation_of_authorization'],
  authenticate: ['authentication_required', 'authentication_required'],
  challenge_failed: ['payment_intent_authentication_failure', null],
} as const;
/** Some declines are about the card, or about what its owner agreed to. */
const OF_CARD = { replace: 'lost', stop: 'revoked' } as const;
const UNSURE: readonly (keyof typeof CODES)[] = ['authenticate', 'challenge_failed'];

/** An account without PaymentIntents. */
export function createBank(options: BankOptions): Bank {
  const { random, now_s } = options;
  const intents = new Map<string, Intent>();
  const events: StripeEvent[] = [];
  let charges = 0;

  function emit(intent: Intent, type: string, key: string | null): void {
    const id = `evt_${events.length + 1}`;
    const created_s = now_s();
    const json = {
      object: 'event',
      id,
      type: `payment_intent.${type}`,
      created: created_s,
      livemode: false,
      request: { id: null, idempotency_key: key },
      data: { object: intentJson(intent) },
    };
    const late_ms = options.strikes('event_listed_late') ? random.between(0, LISTED_MS) : 0;
    const event = { id, json, created_s, listed_at_ms: options.now_ms() + late_ms };
    events.push(event);
    options.told(event, intent);
  }

  function succeed(intent: Intent, key: string | null): void {
    mark(intent, 'succeeded');
    charges += 1;
    intent.status = 'succeeded';
    intent.succeeded += 1;
    intent.latest_charge = `ch_${charges}`;
    intent.last_error = null;
    emit(intent, 'succeeded', key);
  }

  function fail(intent: Intent, why: keyof typeof CODES, method: string, key: string | null): Json {
    const isOfCard = random.chance(0.25);
    const [code, decline_code] =
      CODES[isOfCard && why in OF_CARD ? OF_CARD[why as keyof typeof OF_CARD] : why];
    mark(intent, 'declined', why === 'stop');
    // Stripe does not document whether a try that failed for want of authentication leaves a charge.
    if (!UNSURE.includes(why) || random.chance(0.5)) {
      charges += 1;
      intent.latest_charge = `ch_${charges}`;
    }
    intent.status = 'requires_payment_method';
    intent.payment_method = null;
    intent.last_error = {
      type: 'card_error',
      code,
      decline_code,
      charge: intent.latest_charge,
      payment_method: { id: method },
    };
    emit(intent, 'payment_failed', key);
    return intent.last_error;
  }

  function debit(intent: Intent, method: string, key: string | null): void {
    charges += 1;
    mark(intent, 'processing');
    intent.status = 'processing';
    intent.latest_charge = `ch_${charges}`;
    emit(intent, 'processing', key);
    const lands = random.chance(0.6);
    options.at(random.between(0.1, 5) * DAY_MS, () => {
      if (intent.status !== 'processing') return;
      if (lands) succeed(intent, null);
      else fail(intent, random.chance(0.5) ? 'issuer' : 'replace', method, null);
    });
  }

  function challenge(intent: Intent, key: string | null): void {
    intent.status = 'requires_action';
    intent.challenge += 1;
    emit(intent, 'requires_action', key);
  }

  function decide(intent: Intent, sent: Confirm): Verdict {
    const { payment_method, key } = sent;
    const why = outcomeOf(options.temper(payment_method), random.fraction());
    if (options.isDebit(payment_method) && why !== 'stop') debit(intent, payment_method, key);
    else if (why === 'ok') succeed(intent, key);
    else if (why === 'authenticate' && !sent.off_session) challenge(intent, key);
    else return { outcome: 'declined', error: fail(intent, why, payment_method, key) };
    return { outcome: 'done' };
  }

  function cancel(intent: Intent, key: string | null): void {
    mark(intent, 'canceled');
    intent.status = 'canceled';
    intent.canceled_by = key;
    emit(intent, 'canceled', key);
  }

  return {
    intents,
    events,
    reused: new Set(),
    create: (sent) => {
      const id = `pi_${intents.size + 1}`;
      const intent = freshIntent(id, sent, now_s());
      intents.set(id, intent);
      return intent;
    },
    payForeign: (intent, as) => {
      intent.payment_method = 'pm_foreign';
      if (as === 'succeeded') succeed(intent, null);
      else intent.status = as;
    },
    confirm: (intent, sent) => {
      if (intent.confirms >= options.confirms_max) {
        cancel(intent, sent.key);
        return { outcome: 'done' };
      }
      intent.confirms += 1;
      mark(intent, 'superseded');
      intent.tries.push({ key: sent.key, at_ms: options.now_ms(), state: 'challenged', isStop: false });
      intent.payment_method = sent.payment_method;
      intent.setup_future_usage = sent.setup_future_usage ?? intent.setup_future_usage;
      return decide(intent, sent);
    },
    answer: (intent, challenged, passes) => {
      if (intent.status !== 'requires_action' || intent.challenge !== challenged) return;
      const method = String(intent.payment_method);
      if (!passes) fail(intent, 'challenge_failed', method, null);
      else if (random.chance(0.85)) succeed(intent, null);
      else fail(intent, 'issuer', method, null);
    },
    cancel,
  };
}

function freshIntent(id: string, { customer, metadata, amount }: Created, created_s: number): Intent {
  return {
    id,
    customer,
    metadata,
    created_s,
    amount,
    isForeign: false,
    refunded: false,
    status: 'requires_payment_method',
    latest_charge: null,
    payment_method: null,
    last_error: null,
    setup_future_usage: null,
    confirms: 0,
    tries: [],
    challenge: 0,
    succeeded: 0,
    canceled_by: undefined,
  };
}

/** Only the newest try can change; a decided one stays as it is. */
function mark({ tries }: Intent, state: Try['state'], isStop = false): void {
  const newest = tries.at(-1);
  if (newest?.state !== 'challenged' && newest?.state !== 'processing') return;
  newest.state = state;
  newest.isStop = isStop;
}

function outcomeOf(temper: Temper, share: number): keyof Temper {
  let left = share;
  for (const name of ['ok', 'authenticate', 'issuer', 'technical', 'replace'] as const) {
    left -= temper[name];
    if (left < 0) return name;
  }
  return 'stop';
}
