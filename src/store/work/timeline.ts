/** A charge's history: its own transitions, its attempts', its recoveries', those of their mails and new cards, its refunds'. */
import { and, eq, gte, inArray, isNotNull, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import type { Tables } from '../postgres/tables.ts';
import { charges } from '../schema/charges.ts';
import { notices } from '../schema/notices.ts';
import { messages, recoveries } from '../schema/recoveries.ts';
import { disputes, fraud_warnings, refunds } from '../schema/refunds.ts';
import { setups } from '../schema/setups.ts';
import { transitions } from '../schema/timeline.ts';

export type TransitionRow = {
  readonly at: Date;
  readonly entity: string;
  readonly from_state: string | null;
  readonly to_state: string;
  /** For an attempt, its number. */
  readonly version: number;
  readonly cause: string;
  readonly cause_reference: string | null;
};

/** Confirms, recoveries and mails of a charge are all bounded; no charge comes near this. */
const ROWS_MAX = 1_000;

/** Oldest first, in the order in which the transitions were committed. */
export async function readTimeline(tables: Tables, charge_id: string): Promise<TransitionRow[]> {
  const { at, entity, from_state, to_state, version, cause, cause_reference } = transitions;
  const rows = await tables
    .select({ at, entity, from_state, to_state, version, cause, cause_reference })
    .from(transitions)
    .where(inArray(transitions.entity_id, entitiesOf(tables, charge_id)))
    .orderBy(transitions.id)
    .limit(ROWS_MAX);
  // The setups in a charge's history belong to its recoveries, never to a merchant.
  return rows.map((row) => (row.entity === 'setup' ? { ...row, entity: 'replacement' } : row));
}

/** The ids of charges, more than once, to whose timeline something was added at this moment or later. */
export function changedSince(tables: Tables, moment: Date) {
  const { entity_id, at } = transitions;
  const later = gte(at, moment);
  return unionAll(
    tables.select({ id: entity_id }).from(transitions).where(later),
    tables
      .select({ id: recoveries.charge_id })
      .from(transitions)
      .innerJoin(recoveries, eq(recoveries.id, entity_id))
      .where(later),
    tables
      .select({ id: refunds.charge_id })
      .from(transitions)
      .innerJoin(refunds, eq(refunds.id, entity_id))
      .where(later),
    tables
      .select({ id: disputes.charge_id })
      .from(transitions)
      .innerJoin(disputes, eq(disputes.id, entity_id))
      .where(later),
    tables
      .select({ id: notices.charge_id })
      .from(transitions)
      .innerJoin(notices, eq(notices.id, entity_id))
      .where(later),
    tables
      .select({ id: fraud_warnings.charge_id })
      .from(transitions)
      .innerJoin(fraud_warnings, eq(fraud_warnings.id, entity_id))
      .where(later),
    tables
      .select({ id: recoveries.charge_id })
      .from(transitions)
      .innerJoin(messages, eq(messages.id, entity_id))
      .innerJoin(recoveries, eq(recoveries.id, messages.recovery_id))
      .where(later),
    tables
      .select({ id: sql<string>`${messages.charge_id}` })
      .from(transitions)
      .innerJoin(messages, eq(messages.id, entity_id))
      .where(and(later, isNotNull(messages.charge_id))),
  );
}

/** The ids of the charge and of all that exists because of it. */
function entitiesOf(tables: Tables, charge_id: string) {
  return unionAll(
    tables.select({ id: charges.id }).from(charges).where(eq(charges.id, charge_id)),
    tables.select({ id: recoveries.id }).from(recoveries).where(eq(recoveries.charge_id, charge_id)),
    tables.select({ id: notices.id }).from(notices).where(eq(notices.charge_id, charge_id)),
    tables.select({ id: refunds.id }).from(refunds).where(eq(refunds.charge_id, charge_id)),
    tables.select({ id: disputes.id }).from(disputes).where(eq(disputes.charge_id, charge_id)),
    tables
      .select({ id: fraud_warnings.id })
      .from(fraud_warnings)
      .where(eq(fraud_warnings.charge_id, charge_id)),
    tables
      .select({ id: messages.id })
      .from(messages)
      .innerJoin(recoveries, eq(recoveries.id, messages.recovery_id))
      .where(eq(recoveries.charge_id, charge_id)),
    tables.select({ id: messages.id }).from(messages).where(eq(messages.charge_id, charge_id)),
    tables
      .select({ id: setups.id })
      .from(setups)
      .innerJoin(recoveries, eq(recoveries.id, setups.recovery_id))
      .where(eq(recoveries.charge_id, charge_id)),
  );
}
