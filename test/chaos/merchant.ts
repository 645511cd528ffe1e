/**
 * The merchant's program: it asks for charges as a careful program does, again and again under the same
 * Idempotency-Key until it gets a 202, withdraws what it was permitted, and records the answers with their times.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { ApiAnswer } from '../harness/api-caller.ts';
import { allHave } from './earlier-build.ts';
import type { Order } from './plan.ts';
import type { World } from './world.ts';

/** A request, and every charge that a 202 named for it. */
export type Asked = {
  readonly order: Order;
  readonly customer_id: string;
  /** Ids in the answers; more than one distinct is a fault of ours. */
  readonly told: string[];
  readonly refused: Refusal[];
  /** What the merchant changed it to. */
  changed: Change | null;
};

/** Of an amount; taken for sure once it was answered. */
export type Change = { readonly amount_minor: number; answer: 'taken' | 'refused' | null };

/** Times are real milliseconds. */
export type Refusal = { readonly status: number | null; readonly code: string; readonly at_ms: number };

/** - `switch`: the operator's, for everybody. `deletion`: of the customer, at Stripe's dashboard. */
export type WithdrawalKind = 'cancel' | 'revocation' | 'stop' | 'detachment' | 'deletion' | 'switch';
/** What a merchant asks our API for. */
type AskedKind = Exclude<WithdrawalKind, 'deletion' | 'switch'>;

/** Permission taken back: after `acked_ms` no confirm may reach Stripe but those that its answer named. */
export type Withdrawal = {
  readonly kind: WithdrawalKind;
  /** The charge, consent, customer or method; empty for the switch. */
  readonly subject: string;
  readonly asked_ms: number;
  acked_ms: number | null;
  /** When somebody began to lift it: a stop that is resumed, charging that goes on. */
  lifted_ms: number | null;
  /** Charges; attempts' keys for the switch, whose answer only counts them. */
  in_flight: readonly string[];
};

/** What is a customer's default from some time between the two on. Real milliseconds. */
export type Preferred = {
  readonly customer_id: string;
  readonly payment_method_id: string;
  readonly asked_ms: number;
  /** Null: never answered, so perhaps done. */
  acked_ms: number | null;
};

export type Merchant = {
  /** Asks at its time, and cancels if the plan says so. Resolves when it has an answer. */
  place(order: Order, customer_id?: string): Promise<Asked>;
  /** Asks again, under the old keys and in the old order, for what had been answered; but not for these orders. */
  repeat(left: ReadonlySet<string>): Promise<void>;
  /** Changes the amount of a charge that it asked for. */
  change(asked: Asked, amount_minor: number): Promise<Change>;
  /** Any other request, repeated until it is answered; null when patience ends. */
  post(path: string, body: object | undefined, key: string): Promise<ApiAnswer | null>;
  withdraw(kind: AskedKind, subject: string, key: string, body?: object): Promise<Withdrawal>;
  /** Makes a method on file the customer's default. */
  prefer(customer_id: string, payment_method_id: string, key: string): Promise<Preferred>;
  /** Keeps one that something else brings about. */
  notePreferred(preferred: Preferred): Preferred;
  /** Keeps one that somebody else makes. */
  note(withdrawal: Withdrawal): Withdrawal;
  /** Charging is about to go on: whatever had switched it off is lifted. */
  lift(): void;
  /** Keeps the address of a customer of its own. */
  know(customer_id: string, email: string): void;
  readonly asked: readonly Asked[];
  readonly withdrawals: readonly Withdrawal[];
  /** Of the plan's payers, in the order in which they were asked for. */
  readonly preferred: readonly Preferred[];
  /** Addresses by customer. */
  readonly emails: ReadonlyMap<string, string>;
};

const PATIENCE_MS = 45_000;
const PAUSE_MS = 150;
/** For a set-up that is repeated; its customer may never have come back from the page. */
const SAVED_MS = 12_000;
/** An answered request. */
type Entry = { readonly path: string; readonly body: object | undefined; readonly key: string };

/** Answers that mean "not now": a program that wants its money then asks again. */
const LATER = new Set([408, 409, 425, 429, 500, 502, 503, 504]);

const PATHS: Readonly<Record<AskedKind, (subject: string) => string>> = {
  cancel: (charge) => `/v1/charges/${charge}/cancel`,
  revocation: (consent) => `/v1/consents/${consent}/revoke`,
  stop: (customer) => `/v1/customers/${customer}/stop`,
  detachment: (method) => `/v1/payment_methods/${method}/detach`,
};

/** What the payer came with. */
function firstOf({ id: customer_id, payment_method_id }: World['buyers'][number]): Preferred {
  return {
    customer_id,
    payment_method_id,
    asked_ms: Number.NEGATIVE_INFINITY,
    acked_ms: Number.NEGATIVE_INFINITY,
  };
}

/** A merchant in front of a world's API. */
export function merchantOf(world: World, startedAt: () => number): Merchant {
  const { api, buyers } = world;
  const asked: Asked[] = [];
  const withdrawals: Withdrawal[] = [];
  const preferred: Preferred[] = buyers.map(firstOf);
  const journal: Entry[] = [];
  const emails = new Map(buyers.map((buyer) => [buyer.id, buyer.email]));

  async function post(path: string, body: object | undefined, key: string): Promise<ApiAnswer | null> {
    const answer = await send(path, body, key);
    if (answer !== null && answer.status < 300) journal.push({ path, body, key });
    return answer;
  }

  const send = (path: string, body: object | undefined, key: string) =>
    untilAnswered(() => api.post(path, body, key));

  async function untilAnswered(
    call: () => Promise<ApiAnswer>,
    isNotNow = isLater,
  ): Promise<ApiAnswer | null> {
    const end_ms = performance.now() + PATIENCE_MS;
    for (;;) {
      const answer = await call().catch(() => null);
      if (answer !== null && !isNotNow(answer)) return answer;
      if (performance.now() > end_ms) return answer;
      await wait(PAUSE_MS);
    }
  }

  async function ask(one: Asked): Promise<void> {
    const { order, customer_id } = one;
    const body = {
      customer: customer_id,
      amount: order.amount_minor,
      currency: order.currency ?? 'eur',
      description: 'Power in October',
      reference: order.key,
    };
    const answer = await post('/v1/charges', body, order.key);
    if (answer?.status === 202) one.told.push(answer.body.id);
    else one.refused.push({ status: answer?.status ?? null, code: codeIn(answer), at_ms: Date.now() });
  }

  /** What follows a set-up in the journal followed its card. */
  async function untilSaved({ body: { id } }: ApiAnswer): Promise<void> {
    const end_ms = performance.now() + SAVED_MS;
    while (String(id).startsWith('set_') && performance.now() < end_ms) {
      const answer = await api.get(`/v1/setups/${id}`).catch(() => null);
      if (answer?.body.status === 'succeeded') return;
      await wait(PAUSE_MS);
    }
  }

  const change: Merchant['change'] = async (one, amount_minor) => {
    const changed: Change = { amount_minor, answer: null };
    one.changed = changed;
    // A conflict is final: the charge has begun at Stripe.
    const answer = await untilAnswered(
      () => api.patch(`/v1/charges/${one.told[0]}`, { amount: amount_minor }),
      (each) => each.status !== 409 && isLater(each),
    );
    if (answer !== null) changed.answer = answer.status < 300 ? 'taken' : 'refused';
    return changed;
  };

  const note = (withdrawal: Withdrawal): Withdrawal => {
    withdrawals.push(withdrawal);
    return withdrawal;
  };

  const notePreferred = (one: Preferred): Preferred => {
    preferred.push(one);
    return one;
  };

  const prefer: Merchant['prefer'] = async (customer_id, payment_method_id, key) => {
    const one = notePreferred({ customer_id, payment_method_id, asked_ms: Date.now(), acked_ms: null });
    const answer = await post(`/v1/payment_methods/${payment_method_id}/default`, undefined, key);
    if (answer !== null && answer.status < 300) one.acked_ms = Date.now();
    return one;
  };

  const withdraw: Merchant['withdraw'] = async (kind, subject, key, body) => {
    const one = note({
      kind,
      subject,
      asked_ms: Date.now(),
      acked_ms: null,
      lifted_ms: null,
      in_flight: [],
    });
    const answer = await post(PATHS[kind](subject), body, key);
    if (answer === null || answer.status >= 300) return one;
    // A build that sends again without asking promises nothing, whichever gave the answer.
    if (!allHave('permission', world.earlier)) return one;
    one.in_flight = answer.body.in_flight as string[];
    one.acked_ms = Date.now();
    return one;
  };

  async function repeat(left: ReadonlySet<string>): Promise<void> {
    const orders = new Map(asked.map((one) => [one.order.key, one]));
    const entries = [...journal];
    const own = new Set(buyers.map(({ id }) => id));
    const isOwn = ({ key }: Entry) => own.has(orders.get(key)?.customer_id ?? '');
    const again = async ({ path, body, key }: Entry) => {
      if (left.has(key)) return;
      const answer = await send(path, body, key);
      const one = orders.get(key);
      if (one === undefined) return answer?.status === 202 ? untilSaved(answer) : undefined;
      if (answer?.status === 202) one.told.push(answer.body.id);
      else one.refused.push({ status: answer?.status ?? null, code: codeIn(answer), at_ms: Date.now() });
    };
    // Charges of customers who were there before do not wait for each other.
    await Promise.all(entries.filter(isOwn).map(again));
    for (const entry of entries.filter((each) => !isOwn(each))) await again(entry);
  }

  return {
    asked,
    withdrawals,
    repeat,
    post,
    change,
    withdraw,
    prefer,
    preferred,
    notePreferred,
    note,
    lift: () => {
      for (const one of withdrawals) if (one.kind === 'switch') one.lifted_ms ??= Date.now();
    },
    emails,
    know: (customer_id, email) => void emails.set(customer_id, email),
    place: async (order, customer_id = buyers[order.payer]?.id ?? '') => {
      const one: Asked = { order, customer_id, told: [], refused: [], changed: null };
      asked.push(one);
      await wait(Math.max(0, startedAt() + order.at_ms - performance.now()));
      await Promise.all(order.doubled ? [ask(one), ask(one)] : [ask(one)]);
      const [charge] = one.told;
      if (order.cancel_after_ms === null || charge === undefined) return one;
      await wait(order.cancel_after_ms);
      await withdraw('cancel', charge, `cancel-${order.key}`);
      return one;
    },
  };
}

/** What came too late gets a 409 that says what has happened already, and that is an answer. */
function isLater({ status, body }: ApiAnswer): boolean {
  return LATER.has(status) && !(status === 409 && String(body.code).startsWith('already_'));
}

function codeIn(answer: ApiAnswer | null): string {
  return answer === null ? 'no answer' : String(answer.body.code);
}
