/**
 * What a process counts itself; `watched-metrics.ts` has what the rows and the queue say. Units are in the names
 * (`_seconds`, `_total`), labels come from closed sets only: states, kinds, outcomes and names of ours. An id, an
 * address or a text from outside would grow the registry for ever, and show it to everyone who may scrape.
 *
 * Each process counts what it did, so these are summed over processes.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  readonly httpRequestSeconds: Histogram<'method' | 'route' | 'status'>;
  /** Requests turned away because too many were under way. */
  readonly requestsShedTotal: Counter<'room'>;
  readonly inboxEventsTotal: Counter<'type' | 'outcome'>;
  /** From the moment Stripe makes an event to its arrival here. */
  readonly webhookLagSeconds: Histogram<never>;
  /** From the moment Stripe makes an event until we have applied it, by webhook or by the janitor's list. */
  readonly eventAppliedSeconds: Histogram<'carrier'>;
  /** Views of the customer's page. A GET writes nothing, so they are counted here only. */
  readonly recoveryPageViewsTotal: Counter<'state'>;
  /** Contradictions between us and Stripe; each one needs a person. */
  readonly breaksTotal: Counter<'kind'>;
  readonly attemptsOpenedTotal: Counter<'kind'>;
  /** Ended attempts, each counted by the process that wrote the end. */
  readonly attemptsTotal: Counter<'kind' | 'outcome'>;
  /** From a charge's due time to its final state, in business time. */
  readonly chargeSettledSeconds: Histogram<'status'>;
  readonly stripeCallSeconds: Histogram<'operation' | 'outcome'>;
  /** How long a call waited for its turn in the account's budget. */
  readonly paceWaitSeconds: Histogram<'endpoint'>;
  readonly paceCallsPerSecond: Gauge<'scope'>;
  readonly mailsTotal: Counter<'outcome'>;
  /** Rows of jobs: acted on, not due or not free, or given back by an exception. */
  readonly rowsTotal: Counter<'kind' | 'outcome'>;
  readonly leasesHeld: Gauge<'kind'>;
  /** Leases that were not renewed in time, so that the work under them was aborted. */
  readonly leasesLostTotal: Counter<'kind'>;
  readonly loopRoundSeconds: Histogram<'loop' | 'outcome'>;
}

const REQUEST_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** We give up a call to Stripe after ten. */
const STRIPE_S = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2.5, 5, 10];
const PACE_S = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Stripe dates events in whole seconds, and goes on delivering for three days. */
const LAG_S = [1, 2, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400];
/** A charge settles within a second, or after retries and mails over days. */
const SETTLED_S = [0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400, 259_200, 604_800];

/** A registry of its own per process (and per test): nothing is global. */
export function createMetrics(options: { readonly processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.processMetrics) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counter = <Label extends string>(
    name: string,
    help: string,
    ...labelNames: Label[]
  ): Counter<Label> => new Counter({ name: `duecourse_${name}`, help, labelNames, registers });
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]): Gauge<Label> =>
    new Gauge({ name: `duecourse_${name}`, help, labelNames, registers });
  const seconds = <Label extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    ...labelNames: Label[]
  ): Histogram<Label> =>
    new Histogram({ name: `duecourse_${name}_seconds`, help, buckets, labelNames, registers });

  const metrics: Metrics = {
    registry,
    httpRequestSeconds: seconds(
      'http_request',
      'Answers of the API.',
      REQUEST_S,
      'method',
      'route',
      'status',
    ),
    requestsShedTotal: counter('requests_shed_total', 'Requests turned away unread, by room.', 'room'),
    inboxEventsTotal: counter('inbox_events_total', 'Events from Stripe.', 'type', 'outcome'),
    webhookLagSeconds: seconds('webhook_lag', 'From the making of an event to its webhook.', LAG_S),
    eventAppliedSeconds: seconds(
      'event_applied',
      'From the making of an event to its end.',
      LAG_S,
      'carrier',
    ),
    recoveryPageViewsTotal: counter('recovery_page_views_total', "Views of the customer's page.", 'state'),
    breaksTotal: counter('breaks_total', 'Contradictions that want a person.', 'kind'),
    attemptsOpenedTotal: counter('attempts_opened_total', 'Attempts written ahead.', 'kind'),
    attemptsTotal: counter('attempts_total', 'Attempts that ended.', 'kind', 'outcome'),
    chargeSettledSeconds: seconds('charge_settled', 'From due to final, business time.', SETTLED_S, 'status'),
    stripeCallSeconds: seconds('stripe_call', 'Calls to Stripe.', STRIPE_S, 'operation', 'outcome'),
    paceWaitSeconds: seconds('pace_wait', "Waits for the account's budget.", PACE_S, 'endpoint'),
    paceCallsPerSecond: gauge('pace_calls_per_second', 'The budget: calls to Stripe a second.', 'scope'),
    mailsTotal: counter('mails_total', 'Mails by what became of them.', 'outcome'),
    rowsTotal: counter('rows_total', 'Rows of jobs by what became of them.', 'kind', 'outcome'),
    leasesHeld: gauge('leases_held', 'Leases this process holds.', 'kind'),
    leasesLostTotal: counter('leases_lost_total', 'Leases that ran out while held.', 'kind'),
    loopRoundSeconds: seconds('loop_round', 'Rounds of dispatcher and sweeps.', REQUEST_S, 'loop', 'outcome'),
  };
  // To Prometheus, a counter that first appears as 1 has not risen. Counters that alerts watch start at zero.
  metrics.breaksTotal.inc({ kind: 'livemode' }, 0);
  metrics.inboxEventsTotal.inc({ type: 'listed', outcome: 'missed' }, 0);
  return metrics;
}
