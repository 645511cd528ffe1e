import { shared } from '../../platform/shared.ts';
import { within } from '../../platform/within.ts';
import type { Sql } from './database.ts';
import { type Readiness, readiness } from './readiness.ts';

/** Whether a process can work with the services it needs, and whether Stripe takes our API key. */
export type Health = Readiness & { readonly queue: boolean; readonly stripe: boolean };

/**
 * Whether it should be asked for anything. A key that Stripe refuses is told and no more: intake, pages and webhooks work
 * without it, and what is owed waits.
 */
export function isReady({ postgres, queue, schema, clock }: Health): boolean {
  return postgres && queue && schema && clock;
}

/** Probes come every few seconds from several callers; they share an answer for this long. */
const FRESH_MS = 1_000;

/** What `/readyz` asks, of the API and of a worker alike. Never throws: an unreachable service is an answer. */
export function createHealth(
  sql: Sql,
  databaseUrl: string,
  queueReady: () => Promise<boolean>,
): () => Promise<Health> {
  return shared(FRESH_MS, async () => {
    const [database, queue, stripe] = await Promise.all([
      readiness(sql, databaseUrl),
      queueReady().catch(() => false),
      within(PROBE_TIMEOUT_MS, isKeyTaken(sql).catch(unknown), unknown),
    ]);
    return { ...database, queue, stripe };
  });
}

const PROBE_TIMEOUT_MS = 3_000;
const unknown = (): boolean => true;

/** No charge waits for our key to be mended: those that do are due again within a minute, so few rows are looked at. */
async function isKeyTaken(sql: Sql): Promise<boolean> {
  const rows = await sql`
    select 1 from charges
    where due_at > dc_now() and due_at <= dc_now() + interval '2 minutes' and detail = 'charging_paused' limit 1`;
  return rows.length === 0;
}
