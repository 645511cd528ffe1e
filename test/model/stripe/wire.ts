/**
 * The network to Stripe and back, for the project's own Stripe calls: a `StripeClient` whose SDK records each request,
 * whose network loses, delays and repeats it, and whose answers go through the project's own classification.
 */
import { classifyAnswer, type Heard } from '../../../src/stripe/classify.ts';
import type { CallLimits, StripeClient, Write } from '../../../src/stripe/client.ts';
import { NO_HEADERS } from '../../../src/stripe/exchange.ts';
import type { Waiting } from '../leases.ts';
import type { Moments } from '../moments.ts';
import type { Fault } from '../people/faults.ts';
import type { Random } from '../people/random.ts';
import type { Process, Scheduler } from '../scheduler.ts';
import type { StripeApi, StripeRequest, StripeResponse } from './stripe-api.ts';
import type { Json } from './stripe-intents.ts';

export type Wire = {
  readonly client: StripeClient;
  /** One request as the network treats it; null when the sender hears nothing. */
  send(request: StripeRequest, signal?: AbortSignal): Promise<Heard>;
};

export type WireOptions = {
  readonly scheduler: Scheduler;
  readonly api: StripeApi;
  readonly random: Random;
  readonly strikes: (fault: Fault) => boolean;
  readonly timeout_ms: number;
  /** Renews what a waiting process holds; its `lost` ends the call with the lease. */
  readonly keep: (process: Process, waiting: Waiting) => void;
  /** Stops a process, and resumes it after seconds to days. */
  readonly standStill: (process: Process, goOn: () => void) => void;
  readonly late: Moments['late'];
  /** Whether it is a day on which hardly any confirm is answered. */
  readonly isDark: () => boolean;
  readonly sent: (request: StripeRequest, process: Process) => void;
  /** A confirm is on its way, and its sender's lease has run out. */
  readonly outlived: () => void;
  readonly lease_ms: number;
};

const FATES = ['request_lost', 'reply_lost', 'reply_truncated', 'request_late', 'reset', 'zombie'] as const;
/** How long the network may keep a request. */
const LATE_MS = 60_000;
/** Soon after a lease has run out, the next holder asks Stripe. */
const OUTLIVED_MS = 5_000;
const NOTHING_HEARD: Heard = {
  sendings: 1,
  status: null,
  headers: NO_HEADERS,
  body: null,
  failure: 'timeout',
};
const UNSENT: Heard = { ...NOTHING_HEARD, sendings: 0 };

/** A wire to one account. */
export function createWire(options: WireOptions): Wire {
  const { scheduler, api, random, strikes } = options;

  function send(request: StripeRequest, signal?: AbortSignal): Promise<Heard> {
    // A process that woke too late finds its signal aborted, and sends nothing.
    if (signal?.aborted) return Promise.resolve(UNSENT);
    options.sent(request, scheduler.current());
    return scheduler.block<Heard>((process, wake) => {
      let isWaiting = true;
      const hear = (heard: Heard) => {
        if (!isWaiting) return;
        isWaiting = false;
        if (strikes('crash')) scheduler.kill(process);
        else if (!strikes('zombie')) wake.resolve(heard);
        else {
          // The answer was there all the time; but the deadline's timer may fire before it is read.
          const late = random.chance(0.5) ? heard : NOTHING_HEARD;
          options.standStill(process, () => wake.resolve(late));
        }
      };
      travel(request, process, { hear, isWaiting: () => isWaiting, signal });
    });
  }

  type Sender = Pick<Waiting, 'isWaiting' | 'signal'> & { readonly hear: (heard: Heard) => void };

  /** Plans what happens to a request, and how long its sender waits. */
  function travel(request: StripeRequest, process: Process, sender: Sender): void {
    const sent_ms = scheduler.now_ms();
    const soon_ms = sent_ms + random.between(20, 800);
    const watch = () => {
      const giveUp = () => sender.hear(NOTHING_HEARD);
      scheduler.at(sent_ms + options.timeout_ms, giveUp);
      options.keep(process, { isWaiting: sender.isWaiting, signal: sender.signal, lost: giveUp });
    };
    const reach = (respond: (response: StripeResponse) => void) => api.handle(request, respond);
    const arrive = (sendings: number) => reach((response) => sender.hear(heardOf(response, sendings)));
    const fate = fateOf(request);
    if (fate !== null && fate !== 'zombie') watch();
    switch (fate) {
      case 'request_lost':
        break;
      case 'reply_lost':
        scheduler.at(soon_ms, () => reach(() => {}));
        break;
      case 'reply_truncated':
        scheduler.at(soon_ms, () => reach((response) => sender.hear(cutOff(response))));
        break;
      case 'request_late':
        options.late(random.between(0, LATE_MS), () => arrive(1));
        break;
      case 'reset':
        if (random.chance(0.5)) scheduler.at(soon_ms, () => reach(() => {}));
        scheduler.at(soon_ms + random.between(5, 400), () => arrive(2));
        break;
      case 'zombie':
        // Stopped between its last look at the clock and the first byte: no timer renews the lease or aborts the call.
        options.standStill(process, () => arrive(1));
        if (request.op === 'confirm')
          scheduler.at(sent_ms + options.lease_ms + random.between(0, OUTLIVED_MS), options.outlived);
        break;
      default:
        // An answer that comes at once needs no watching.
        scheduler.at(soon_ms, () => {
          arrive(1);
          if (sender.isWaiting()) watch();
        });
    }
  }

  function fateOf({ op }: StripeRequest): (typeof FATES)[number] | null {
    if (op === 'confirm' && options.isDark()) return random.chance(0.5) ? 'request_lost' : 'reply_lost';
    for (const fault of FATES) if (strikes(fault)) return fault;
    return null;
  }

  /** The head came; then the connection broke, or the body is no JSON. */
  function cutOff(response: StripeResponse): Heard {
    return { ...heardOf(response, 1), body: null, failure: random.chance(0.5) ? 'connection' : null };
  }

  return { client: clientOf(send), send };
}

function heardOf(response: StripeResponse, sendings: number): Heard {
  const { status, replayed, should_retry, body } = response;
  return { sendings, status, headers: { request_id: null, replayed, should_retry }, body, failure: null };
}

type Sending = (request: StripeRequest, signal?: AbortSignal) => Promise<Heard>;

/** Records the SDK's calls instead of sending them. */
const notingSdk = {
  paymentIntents: {
    create: (params: Json): Asked => ({ op: 'create', id: null, params }),
    confirm: (id: string): Asked => ({ op: 'confirm', id, params: {} }),
    cancel: (id: string, params: Json): Asked => ({ op: 'cancel', id, params }),
    retrieve: (id: string): Asked => ({ op: 'retrieve', id, params: {} }),
    list: (params: Json): Asked => ({ op: 'list', id: null, params }),
  },
  customers: { retrieve: (id: string): Asked => ({ op: 'customer', id, params: {} }) },
  events: { list: (params: Json): Asked => ({ op: 'events', id: null, params }) },
};

type Asked = Pick<StripeRequest, 'op' | 'id' | 'params'>;
type NotingSend = (sdk: unknown, options: object) => unknown;

function clientOf(send: Sending): StripeClient {
  const client = {
    livemode: false,
    write: async <T>(write: Write, ask: NotingSend, project: (body: never) => T | null) => {
      const asked = ask(notingSdk, {}) as Asked;
      const params = write.body === undefined ? asked.params : formParams(write.body);
      return classifyAnswer(await send({ ...asked, params, key: write.key }, write.signal), project as never);
    },
    read: async <T>(limits: CallLimits, ask: NotingSend, project: (body: never) => T | null) => {
      const asked = ask(notingSdk, {}) as Asked;
      return classifyAnswer(await send({ ...asked, key: null }, limits.signal), project as never);
    },
    close: () => {},
  };
  return client as unknown as StripeClient;
}

const forms = new Map<string, Json>();

/** The parameters of a form text; the texts repeat by the million. */
function formParams(text: string): Json {
  const known = forms.get(text);
  if (known !== undefined) return known;
  const params = Object.fromEntries(new URLSearchParams(text));
  forms.set(text, params);
  return params;
}
