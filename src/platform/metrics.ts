/**
 * What `/metrics` of the API tells; workers have no port and tell by their logs and by what the rows say. Units are in
 * the names (`_seconds`, `_total`), labels come from closed sets only: an id as a label would grow the registry for
 * ever.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  readonly httpRequestSeconds: Histogram<'method' | 'route' | 'status'>;
  readonly inboxEventsTotal: Counter<'type' | 'outcome'>;
  /** Page views of the customer's page; a GET writes nowhere else. */
  readonly recoveryPageViewsTotal: Counter<'state'>;
  /** Contradictions between us and Stripe; each one wants a person. */
  readonly breaksTotal: Counter<'kind'>;
}

/** What the rows say at this moment, whichever process wrote them. */
export interface RowReaders {
  /** Rows that wait for a person, by kind, those with none included. */
  readonly needsReview: () => Promise<Readonly<Record<string, number>>>;
  /** Contradictions that nobody has closed, by kind. */
  readonly breaksOpen: () => Promise<Readonly<Record<string, number>>>;
  /** False while the kill switch is on. */
  readonly chargingEnabled: () => Promise<boolean>;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

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
    inboxEventsTotal: counter('inbox_events_total', 'Events from Stripe.', 'type', 'outcome'),
    recoveryPageViewsTotal: counter('recovery_page_views_total', "Views of the customer's page.", 'state'),
    breaksTotal: counter('breaks_total', 'Contradictions that want a person.', 'kind'),
  };
}

/**
 * Adds what is counted in the rows when it is asked for. A database that does not answer leaves these out of that
 * answer: an alarm on them should go off when they are absent, too.
 */
export function watchRows(registry: Registry, rows: RowReaders): void {
  const byKind = (name: string, help: string, read: () => Promise<Readonly<Record<string, number>>>) =>
    new Gauge({
      name: `duecourse_${name}`,
      help,
      labelNames: ['kind'],
      registers: [registry],
      async collect() {
        const counts = await read().catch(() => ({}));
        this.reset();
        for (const [kind, count] of Object.entries(counts)) this.set({ kind }, count);
      },
    });
  byKind('rows_needs_review', 'Rows that wait for a person.', rows.needsReview);
  byKind('breaks_open', 'Contradictions that nobody has closed.', rows.breaksOpen);
  new Gauge({
    name: 'duecourse_charging_enabled',
    help: '0 while the kill switch is on.',
    registers: [registry],
    async collect() {
      const enabled = await rows.chargingEnabled().catch(() => null);
      if (enabled === null) this.remove();
      else this.set(enabled ? 1 : 0);
    },
  });
}
