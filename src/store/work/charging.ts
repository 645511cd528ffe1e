/** The kill switch: one row and one lock, which every statement that lets a confirm go takes and reads. */
import { eq } from 'drizzle-orm';
import { retryConflict, type Sql } from '../postgres/database.ts';
import type { Tables } from '../postgres/tables.ts';
import { charge_attempts } from '../schema/charges.ts';
import { instance } from '../schema/operations.ts';
import { type OperatorWord, wroteAction } from './operator-actions.ts';

export type Charging = {
  readonly enabled: boolean;
  /** Why it is off; null while it is on. */
  readonly reason: string | null;
  /** Attempts whose outcome is still unknown: they were opened before the switch, and we let them finish. */
  readonly attempts_open: number;
};

/** Whether charging is on, and why not. */
export async function readCharging(tables: Tables): Promise<Charging> {
  const rows = await tables
    .select({
      enabled: instance.charging_enabled,
      reason: instance.charging_reason,
      attempts_open: tables.$count(charge_attempts, eq(charge_attempts.state, 'open')),
    })
    .from(instance);
  return rows[0] ?? { enabled: false, reason: null, attempts_open: 0 };
}

/** A span in which rows were lost: what customers withdrew in it may not be known here, and Stripe does not know it. */
export type LostSpan = { readonly cause: string; readonly from: Date; readonly to: Date };

/**
 * Turns charging on, unless withdrawals of a lost span have to be entered again first: then answers that span.
 * `is_entered`: somebody says that they were. Who said so is kept with it, and closes the break of the loss.
 */
export async function turnChargingOn(
  sql: Sql,
  word: OperatorWord,
  is_entered: boolean,
): Promise<LostSpan | null> {
  const rows = await retryConflict(
    async () =>
      await sql<LostSpan[]>`
      select lost_cause as cause, lost_from as "from", lost_at as "to"
      from turn_charging_on(${is_entered}, ${word.reason}, ${word.by})`,
  );
  return rows[0] ?? null;
}

/**
 * Turns charging off, with the reason, or on again whatever was lost (`turnChargingOn` asks). It waits for every
 * statement that has let a confirm go and not yet committed, and those after it read the new state: once it answers,
 * nothing opens that the switch forbids. Who said so is kept with it.
 */
export async function setCharging(sql: Sql, enabled: boolean, word: OperatorWord): Promise<void> {
  const verb = enabled ? 'charging_on' : 'charging_off';
  const action = { verb, entity: 'instance', entity_id: 'charging' } as const;
  await retryConflict(
    async () =>
      await sql`
      with switched as materialized (select turn_charging(${enabled}, ${enabled ? null : word.reason})
      ), said as (${wroteAction(sql, 'switched', action, word)})
      select from switched`,
  );
}
