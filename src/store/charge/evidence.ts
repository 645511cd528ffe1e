/** What shows that a payment was agreed to, and what was done for it: read for a merchant who has to show it. */
import { asc, eq, inArray, isNotNull, or, type SQL, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import type { Tables } from '../postgres/tables.ts';
import { charge_attempts, charges } from '../schema/charges.ts';
import { consents } from '../schema/customers.ts';
import { messages, recoveries } from '../schema/recoveries.ts';
import { setups } from '../schema/setups.ts';

export type SentMail = {
  readonly id: string;
  /** Null for a receipt. */
  readonly recovery_id: string | null;
  readonly step: string;
  readonly state: string;
  readonly created_at: Date;
  readonly sent_at: Date | null;
};

/** A click of the customer's: on the page of a recovery, to pay or to enter another card. */
export type PressRow = {
  readonly kind: 'link_visited' | 'payment' | 'new_card';
  readonly at: Date;
  /** The recovery, the attempt's number, or the new card's setup. */
  readonly reference: string;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
};

/** The consents that its attempts rested on, and the one it rests on itself. */
export async function readConsentsOf(tables: Tables, charge_id: string) {
  const named = tables
    .select({ id: charge_attempts.consent_id })
    .from(charge_attempts)
    .where(eq(charge_attempts.charge_id, charge_id));
  const own = tables.select({ id: charges.consent_id }).from(charges).where(eq(charges.id, charge_id));
  return tables
    .select()
    .from(consents)
    .where(or(inArray(consents.id, named), inArray(consents.id, own)))
    .orderBy(asc(consents.created_at));
}

/** Mails that were sent, or were to be sent, oldest first. One that another said counts as its carrier's. */
export async function listMails(tables: Tables, charge_id: string): Promise<SentMail[]> {
  const { id, recovery_id, step, state, created_at, sent_at } = messages;
  const steps = tables
    .select({ id })
    .from(messages)
    .innerJoin(recoveries, eq(recoveries.id, recovery_id))
    .where(eq(recoveries.charge_id, charge_id));
  const receipt = tables.select({ id }).from(messages).where(eq(messages.charge_id, charge_id));
  return tables
    .select({ id, recovery_id, step, state, created_at, sent_at })
    .from(messages)
    .where(inArray(id, unionAll(steps, receipt)))
    .orderBy(asc(created_at), asc(id));
}

/** The customer's presses, oldest first. */
export async function listPresses(tables: Tables, charge_id: string): Promise<PressRow[]> {
  const nothing = sql<string | null>`null::text`;
  const [visits, payments, cards] = await Promise.all([
    tables
      .select({
        at: recoveries.visited_at,
        reference: recoveries.id,
        ip_address: nothing,
        user_agent: nothing,
      })
      .from(recoveries)
      .where(both(eq(recoveries.charge_id, charge_id), isNotNull(recoveries.visited_at))),
    tables
      .select({
        at: charge_attempts.started_at,
        reference: charge_attempts.idempotency_key,
        ip_address: nothing,
        user_agent: nothing,
      })
      .from(charge_attempts)
      .where(both(eq(charge_attempts.charge_id, charge_id), eq(charge_attempts.kind, 'on_session'))),
    tables
      .select({
        at: setups.accepted_amount_at,
        reference: setups.id,
        ip_address: setups.accepted_ip_address,
        user_agent: setups.accepted_user_agent,
      })
      .from(setups)
      .innerJoin(recoveries, eq(recoveries.id, setups.recovery_id))
      .where(both(eq(recoveries.charge_id, charge_id), isNotNull(setups.accepted_amount_at))),
  ]);
  return [
    ...visits.flatMap((row) => pressOf('link_visited', row)),
    ...payments.flatMap((row) => pressOf('payment', row)),
    ...cards.flatMap((row) => pressOf('new_card', row)),
  ].sort((a, b) => a.at.getTime() - b.at.getTime());
}

function pressOf(
  kind: PressRow['kind'],
  row: Omit<PressRow, 'kind' | 'at'> & { readonly at: Date | null },
): PressRow[] {
  return row.at === null ? [] : [{ ...row, kind, at: row.at }];
}

const both = (one: SQL, other: SQL): SQL => sql`${one} and ${other}`;
