import type { Sql } from '../postgres/database.ts';

export type PaceRates = { readonly per_endpoint: number; readonly global: number };

/**
 * Takes up to `want` tokens (calls) from the endpoint's bucket and the account's; returns how many were granted, 0
 * when either is empty. Both buckets refill by real time at their rate per second.
 */
export async function reservePace(
  sql: Sql,
  endpoint: string,
  rates: PaceRates,
  want: number,
): Promise<number> {
  const rows = await sql<{ granted: number }[]>`
    select reserve_pace(${endpoint}, ${rates.per_endpoint}::int, ${rates.global}::int, ${want}::int) as granted`;
  return rows[0]?.granted ?? 0;
}
