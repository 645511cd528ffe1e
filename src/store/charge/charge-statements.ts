/**
 * The statements of the charging path; each gathers what concurrent jobs ask of it. A waiting person has a lane of
 * their own, which never waits for other jobs.
 */
import type { ChargeContext } from '../../domain/charge/charge.ts';
import type { Sql } from '../postgres/database.ts';
import { type GatherOptions, gather } from '../postgres/gather.ts';
import { createNewestWrite, type NewestWrite } from '../work/newest-write.ts';
import { readCharges } from './charge-context.ts';
import {
  type AttemptOpened,
  type AttemptOpening,
  openAttempts,
  permitResendings,
  type Resending,
} from './open-attempt.ts';
import { type CreateOpening, openCreates } from './open-create.ts';
import {
  type ChargeSettlement,
  type SettleResult,
  settleCharges,
  type TellSettled,
} from './settle-charges.ts';

export type ChargeStatements = {
  /** The charge with its context, or null. */
  read(charge_id: string): Promise<ChargeContext | null>;
  /** Whether its create may be sent: noted under this lease, with nothing bound. */
  openCreate(opening: CreateOpening): Promise<boolean>;
  open(opening: AttemptOpening): Promise<AttemptOpened>;
  /** Whether an open attempt may be sent again: asked as for an opening, and noted under this lease. */
  permitResending(resending: Resending): Promise<boolean>;
  settle(settlement: ChargeSettlement): Promise<SettleResult>;
};

/** Statements for one lane; `tell` hears what each has settled. */
export function chargeStatements(
  sql: Sql,
  options: GatherOptions,
  tell: TellSettled,
  newest: Pick<NewestWrite, 'row'> = createNewestWrite(),
): ChargeStatements {
  const wrote = (charge_id: string, revision: number): void => newest.row('charge', charge_id, { revision });
  return {
    read: gather(async (ids) => {
      const contexts = await readCharges(sql, ids);
      const byId = new Map(contexts.map((context) => [context.charge.id, context]));
      return ids.map((id) => byId.get(id) ?? null);
    }, options),
    openCreate: gather((openings) => onePerCharge(openings, (some) => openCreates(sql, some)), options),
    open: gather(async (openings) => {
      const opened = await onePerCharge(openings, (some) => openAttempts(sql, some));
      for (const one of opened) if (one.opened) wrote(one.charge_id, one.revision);
      return opened;
    }, options),
    permitResending: gather((some) => onePerCharge(some, (each) => permitResendings(sql, each)), options),
    settle: gather(async (settlements) => {
      const results = await onePerCharge(settlements, (some) => settleCharges(sql, some, tell));
      settlements.forEach(({ charge_id, revision }, index) => {
        if (results[index] === 'settled') wrote(charge_id, revision + 1);
      });
      return results;
    }, options),
  };
}

/** A statement moves a row once: a second item about the same charge goes into the next statement. */
async function onePerCharge<I extends { readonly charge_id: string }, R>(
  items: readonly I[],
  flush: (items: readonly I[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const results = new Map<I, R>();
  let rest = [...items];
  while (rest.length > 0) {
    const seen = new Set<string>();
    const batch = rest.filter((item) => !seen.has(item.charge_id) && seen.add(item.charge_id));
    rest = rest.filter((item) => !batch.includes(item));
    const answers = await flush(batch);
    batch.forEach((item, index) => {
      results.set(item, answers[index] as R);
    });
  }
  return items.map((item) => results.get(item) as R);
}
