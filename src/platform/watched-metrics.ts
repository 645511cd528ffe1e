/**
 * What is read when Prometheus scrapes: the rows in Postgres, whichever process wrote them, and the queue. Every process
 * reports the same, so never sum these over processes: `max by (…)`.
 *
 * All rows are read by one statement, at most one at a time and every few seconds, however many scrape. What could not
 * be read in time is left out of that answer, and `duecourse_rows_read` is 0: an alert on them must also fire when they
 * are absent.
 */
import { Gauge, type Registry } from 'prom-client';
import { shared } from './shared.ts';
import { within } from './within.ts';

/** Name, label and meaning of what the rows say. Every count ends at 10,000. */
const ROW_METRICS = {
  due_rows: ['kind', 'Rows that are due, those being worked on included; counted up to 10,000.'],
  due_age_seconds: ['kind', 'How long the oldest due row that nobody holds is due; 0 without one.'],
  charges_unknown: [null, 'Charges whose attempt was never answered and is being looked into.'],
  charges_unknown_age_seconds: [null, 'How long ago the oldest unanswered attempt of those began.'],
  recoveries: ['state', 'Recoveries opened within 30 days; the newest 10,000 are counted.'],
  rows_needs_review: ['kind', 'Rows that wait for a person.'],
  breaks_open: ['kind', 'Contradictions with Stripe or within our books that nobody has closed.'],
  sweep_overdue_seconds: ['sweep', 'How long the next round of a sweep is due.'],
  delivery_age_seconds: [
    'endpoint',
    'How long the oldest event that an enabled endpoint has not taken is owed to it; 0 without one.',
  ],
  webhook_endpoints: [
    'status',
    'Endpoints: enabled, disabled by their merchant, or by us as gone or failing.',
  ],
  charging_enabled: [null, '0 while the kill switch is on.'],
} as const satisfies Record<string, readonly [label: string | null, help: string]>;

export type RowMetric = keyof typeof ROW_METRICS;
/** `label` is null where the metric has none. */
export type RowReading = {
  readonly metric: RowMetric;
  readonly label: string | null;
  readonly value: number;
};

export type WatchOptions = {
  /** How long a reading serves all who ask; 5 s by default, a third of the usual interval of scrapes. */
  readonly fresh_ms?: number;
  /** After this a scrape is answered without it; 3 s by default, below the usual time of 10 s. */
  readonly deadline_ms?: number;
};

const FRESH_MS = 5_000;
const DEADLINE_MS = 3_000;

/** Adds what is counted in the rows. */
export function watchRows(
  registry: Registry,
  read: () => Promise<readonly RowReading[]>,
  options: WatchOptions = {},
): void {
  const reading = inTime(read, options);
  for (const metric of Object.keys(ROW_METRICS) as RowMetric[]) {
    const [label, help] = ROW_METRICS[metric];
    watch(registry, { name: metric, help, label }, async () => {
      const rows = await reading();
      return rows?.filter((row) => row.metric === metric) ?? null;
    });
  }
  watch(registry, { name: 'rows_read', help: '1 when the rows could be read.', label: null }, async () => [
    { label: null, value: (await reading()) === null ? 0 : 1 },
  ]);
}

/** Adds how many jobs wait in the queue, by kind; nothing while the queue is away. */
export function watchQueue(
  registry: Registry,
  read: () => Promise<Readonly<Record<string, number>>>,
  options: WatchOptions = {},
): void {
  const reading = inTime(read, options);
  const help = 'Jobs that wait in the queue, those being handled not counted.';
  watch(registry, { name: 'queue_waiting_jobs', help, label: 'kind' }, async () => {
    const counts = await reading();
    return counts && Object.entries(counts).map(([label, value]) => ({ label, value }));
  });
}

type Reading = { readonly label: string | null; readonly value: number };

function watch(
  registry: Registry,
  gauge: { readonly name: string; readonly help: string; readonly label: string | null },
  read: () => Promise<readonly Reading[] | null>,
): void {
  const { name, help, label } = gauge;
  new Gauge({
    name: `duecourse_${name}`,
    help,
    labelNames: label === null ? [] : [label],
    registers: [registry],
    async collect() {
      const readings = await read();
      if (label === null) this.remove();
      else this.reset();
      for (const one of readings ?? [])
        this.set(label === null ? {} : { [label]: String(one.label) }, one.value);
    },
  });
}

/** Null when it failed or was too slow; a slow one goes on, and nobody asks again until it has ended. */
function inTime<T>(read: () => Promise<T>, options: WatchOptions): () => Promise<T | null> {
  const ask = shared(options.fresh_ms ?? FRESH_MS, read);
  const unread = () => null;
  return () => within(options.deadline_ms ?? DEADLINE_MS, ask().catch(unread), unread);
}
