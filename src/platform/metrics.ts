/**
 * Metrics by name. Units are in the names (`_seconds`, `_total`), labels come from closed sets only: an id as
 * a label would grow the registry for ever.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  readonly httpRequestSeconds: Histogram<'method' | 'route' | 'status'>;
  readonly stripeRequestSeconds: Histogram<'operation' | 'outcome'>;
  /** Time between an attempt's claim and its settlement. */
  readonly attemptSeconds: Histogram<'kind' | 'outcome'>;
  readonly chargesSettledTotal: Counter<'status'>;
  readonly jobsTotal: Counter<'queue' | 'outcome'>;
  readonly offersTotal: Counter<'queue' | 'outcome'>;
  readonly messagesTotal: Counter<'outcome'>;
  readonly inboxEventsTotal: Counter<'type' | 'outcome'>;
  /** Page views of the customer's page; a GET writes nowhere else. */
  readonly recoveryPageViewsTotal: Counter<'state'>;
  readonly leasesLostTotal: Counter<'lane'>;
  /** Contradictions between us and Stripe; each one wants a person. */
  readonly breaksTotal: Counter<'kind'>;
  readonly rowsDue: Gauge<'entity'>;
  /** Rows gathered into one statement. */
  readonly gatheredRows: Histogram<'statement'>;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const ROWS = [1, 2, 5, 10, 25, 50, 100];

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
  const histogram = <Label extends string>(
    name: string,
    help: string,
    buckets: number[],
    ...labelNames: Label[]
  ): Histogram<Label> => new Histogram({ name: `duecourse_${name}`, help, buckets, labelNames, registers });

  return {
    registry,
    httpRequestSeconds: histogram(
      'http_request_seconds',
      'Answers of the API.',
      SECONDS,
      'method',
      'route',
      'status',
    ),
    stripeRequestSeconds: histogram(
      'stripe_request_seconds',
      'Calls to Stripe by what came back.',
      SECONDS,
      'operation',
      'outcome',
    ),
    attemptSeconds: histogram('attempt_seconds', 'From claim to settlement.', SECONDS, 'kind', 'outcome'),
    chargesSettledTotal: counter(
      'charges_settled_total',
      'Charges that reached a terminal status.',
      'status',
    ),
    jobsTotal: counter('jobs_total', 'Jobs by how their processing ended.', 'queue', 'outcome'),
    offersTotal: counter('offers_total', 'Offers of due rows to the queue.', 'queue', 'outcome'),
    messagesTotal: counter('messages_total', 'Mails to customers.', 'outcome'),
    inboxEventsTotal: counter('inbox_events_total', 'Events from Stripe.', 'type', 'outcome'),
    recoveryPageViewsTotal: counter('recovery_page_views_total', "Views of the customer's page.", 'state'),
    leasesLostTotal: counter('leases_lost_total', 'Leases that ended before the settlement.', 'lane'),
    breaksTotal: counter('breaks_total', 'Contradictions that want a person.', 'kind'),
    rowsDue: new Gauge({
      name: 'duecourse_rows_due',
      help: 'Rows due now.',
      labelNames: ['entity'],
      registers,
    }),
    gatheredRows: histogram('gathered_rows', 'Rows gathered into one statement.', ROWS, 'statement'),
  };
}
