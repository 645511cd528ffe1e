/**
 * What a process counts itself; `watched-metrics.ts` has what the rows and the queue say. Units are in the names
 * (`_seconds`, `_total`), labels come from closed sets only: states, kinds, outcomes and names of ours. An id, an
 * address or a text from outside would grow the registry for ever, and show it to everyone who may scrape.
 *
 * Each process counts what it did, so these are summed over processes.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

const REQUEST_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** We give up a call to Stripe after ten. */
const STRIPE_S = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2.5, 5, 10];
const PACE_S = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Stripe dates events in whole seconds, and goes on delivering for three days. */
const LAG_S = [1, 2, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400];
/** A charge settles within a second, or after retries and mails over days. */
const SETTLED_S = [0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400, 259_200, 604_800];

/** A registry of its own per process (and per test): nothing is global. */
export function createMetrics(options: { readonly processMetrics?: boolean } = {}) {
  const registry = new Registry();
  if (options.processMetrics) collectDefaultMetrics({ register: registry });
  const { counter, gauge, seconds } = instrumentsOf(registry);
  const metrics = {
    registry,
    httpRequestSeconds: seconds(
      'http_request',
      'Answers of the API.',
      REQUEST_S,
      'method',
      'route',
      'status',
    ),
    /** Requests turned away because too many were under way. */
    requestsShedTotal: counter('requests_shed_total', 'Requests turned away unread, by room.', 'room'),
    inboxEventsTotal: counter('inbox_events_total', 'Events from Stripe.', 'type', 'outcome'),
    /** From the moment Stripe makes an event to its arrival here. */
    webhookLagSeconds: seconds('webhook_lag', 'From the making of an event to its webhook.', LAG_S),
    /** From the moment Stripe makes an event until we have applied it, by webhook or by the janitor's list. */
    eventAppliedSeconds: seconds(
      'event_applied',
      'From the making of an event to its end.',
      LAG_S,
      'carrier',
    ),
    /** Views of the customer's page. A GET writes nothing, so they are counted here only. */
    recoveryPageViewsTotal: counter('recovery_page_views_total', "Views of the customer's page.", 'state'),
    /** Contradictions between us and Stripe; each one needs a person. */
    breaksTotal: counter('breaks_total', 'Contradictions that want a person.', 'kind'),
    /** Charges that end unpaid for what only their merchant can mend. */
    merchantActionsTotal: counter('merchant_actions_total', 'Charges that ended for their merchant to mend.'),
    attemptsOpenedTotal: counter('attempts_opened_total', 'Attempts written ahead.', 'kind'),
    /** Ended attempts, each counted by the process that wrote the end. */
    attemptsTotal: counter('attempts_total', 'Attempts that ended.', 'kind', 'outcome'),
    /** From a charge's due time to its final state, in business time. */
    chargeSettledSeconds: seconds('charge_settled', 'From due to final, business time.', SETTLED_S, 'status'),
    stripeCallSeconds: seconds('stripe_call', 'Calls to Stripe.', STRIPE_S, 'operation', 'outcome'),
    /** How long a call waited for its turn in the account's budget. */
    paceWaitSeconds: seconds('pace_wait', "Waits for the account's budget.", PACE_S, 'endpoint'),
    paceCallsPerSecond: gauge('pace_calls_per_second', 'The budget: calls to Stripe a second.', 'scope'),
    mailsTotal: counter('mails_total', 'Mails by what became of them.', 'outcome'),
    /** Tries to tell a merchant, by what came back. */
    deliveriesTotal: counter('deliveries_total', 'Tries to send a notification, by outcome.', 'outcome'),
    /** Rows of jobs: acted on, not due or not free, or given back by an exception. */
    rowsTotal: counter('rows_total', 'Rows of jobs by what became of them.', 'kind', 'outcome'),
    leasesHeld: gauge('leases_held', 'Leases this process holds.', 'kind'),
    /** Leases that were not renewed in time, so that the work under them was aborted. */
    leasesLostTotal: counter('leases_lost_total', 'Leases that ran out while held.', 'kind'),
    loopRoundSeconds: seconds('loop_round', 'Rounds of dispatcher and sweeps.', REQUEST_S, 'loop', 'outcome'),
  };
  // To Prometheus, a counter that first appears as 1 has not risen. Counters that alerts watch start at zero.
  metrics.breaksTotal.inc({ kind: 'livemode' }, 0);
  metrics.inboxEventsTotal.inc({ type: 'listed', outcome: 'missed' }, 0);
  return metrics;
}

/** Makes instruments under our prefix. */
function instrumentsOf(registry: Registry) {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name: `duecourse_${name}`, help, labelNames, registers });
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name: `duecourse_${name}`, help, labelNames, registers });
  const seconds = <Label extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    ...labelNames: Label[]
  ) => new Histogram({ name: `duecourse_${name}_seconds`, help, buckets, labelNames, registers });
  return { counter, gauge, seconds };
}
