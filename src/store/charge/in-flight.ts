/** What a withdrawal could not stop any more, and what it leaves running. */
import { type AnyColumn, and, asc, eq, inArray, isNull, ne, or, type SQL, sql } from 'drizzle-orm';
import type { Tables } from '../postgres/tables.ts';
import { charge_attempts, charges } from '../schema/charges.ts';
import { consents, payment_methods } from '../schema/customers.ts';

/** An attempt of an earlier release names no consent; its charge does. */
const whose: Readonly<Record<'charge' | 'consent' | 'customer' | 'payment_method', AnyColumn | SQL>> = {
  charge: charges.id,
  consent: sql`coalesce(${charge_attempts.consent_id}, ${charges.consent_id})`,
  customer: charges.customer_id,
  payment_method: charge_attempts.payment_method_id,
};

/**
 * Charges whose confirm may still arrive at Stripe, or has: it was let go, and nothing has told us its outcome. Asked
 * after a withdrawal is written, these are all that can still come of it (docs/protocol.md, 12.5). Whether a lease still
 * runs does not matter: a sender whose connection broke has given its lease back, and what it sent is on the wire.
 */
export async function listInFlight(tables: Tables, of: keyof typeof whose, id: string): Promise<string[]> {
  const rows = await tables
    .select({ id: charges.id })
    .from(charge_attempts)
    .innerJoin(charges, eq(charges.id, charge_attempts.charge_id))
    .where(and(sql`${whose[of]} = ${id}`, eq(charge_attempts.state, 'open')))
    .orderBy(asc(charges.id));
  return rows.map((row) => row.id);
}

/** Charges of a customer that were asked to close and have not ended yet. */
export async function listClosing(tables: Tables, customer_id: string): Promise<string[]> {
  const rows = await tables
    .select({ id: charges.id })
    .from(charges)
    .where(
      and(
        eq(charges.customer_id, customer_id),
        sql`${charges.close_requested_at} is not null`,
        isNull(charges.settled_at),
      ),
    )
    .orderBy(asc(charges.id));
  return rows.map((row) => row.id);
}

/**
 * The other live consents under which the methods of this one may still be charged: those the methods rest on now, and
 * those of charges that have not ended.
 */
export async function listAlsoRunning(tables: Tables, consent_id: string): Promise<string[]> {
  const methods = tables
    .select({ id: payment_methods.id })
    .from(payment_methods)
    .where(
      or(
        eq(payment_methods.consent_id, consent_id),
        inArray(payment_methods.id, paidUnder(tables, consent_id)),
      ),
    );
  const resting = tables
    .select({ id: payment_methods.consent_id })
    .from(payment_methods)
    .where(inArray(payment_methods.id, methods));
  const running = tables
    .select({ id: charges.consent_id })
    .from(charges)
    .where(and(inArray(charges.payment_method_id, methods), isNull(charges.settled_at)));
  const rows = await tables
    .select({ id: consents.id })
    .from(consents)
    .where(
      and(
        ne(consents.id, consent_id),
        isNull(consents.revoked_at),
        or(inArray(consents.id, resting), inArray(consents.id, running)) as SQL,
      ),
    )
    .orderBy(asc(consents.id));
  return rows.map((row) => row.id);
}

function paidUnder(tables: Tables, consent_id: string) {
  return tables
    .select({ id: charges.payment_method_id })
    .from(charges)
    .where(eq(charges.consent_id, consent_id));
}
