/** Accepts a customer: finds the reason against it, or writes the row and its idempotency key, in one statement. */

import type { KeyedRequest } from '../door/idempotency-keys.ts';
import { type Intake, priorColumns, priorRequest, takeIn } from '../door/intake.ts';
import type { Sql } from '../postgres/database.ts';
import type { CustomerRow } from './customers.ts';

export type RequestedCustomer = {
  readonly id: string;
  readonly reference: string | null;
  readonly email: string;
  readonly name: string | null;
  readonly locale: string | null;
  /** An IANA name: where the customer's months begin. */
  readonly time_zone: string | null;
  readonly metadata: Readonly<Record<string, string>> | null;
  /** Given when the customer exists at Stripe: then the row owes nothing there. */
  readonly stripe_customer_id: string | null;
};

/**
 * `reference_held`: it exists already as it was sent, `existing` is its id. `reference_taken`: in fields
 * that were sent it says something else. `stripe_customer_held`: another has that id.
 * `time_zone_unknown`: to the database, which is to count by it. `customer_erased`: the customer of this request, of this
 * reference or of that id at Stripe was forgotten, and does not come back; `existing` is what is left of it.
 */
export type CustomerRefusal =
  | 'reference_held'
  | 'reference_taken'
  | 'stripe_customer_held'
  | 'customer_erased'
  | 'time_zone_unknown';

/**
 * Creates a customer, due at once unless bound already, with the idempotency key in the same statement. A taken
 * reference is no error to the caller: `refused` names the holder, and the key is kept for it.
 */
export function insertCustomer(
  sql: Sql,
  customer: RequestedCustomer,
  request: KeyedRequest | null,
  cause_reference: string,
): Promise<Intake<CustomerRow, CustomerRefusal>> {
  const { reference, email, name, locale, time_zone, metadata, stripe_customer_id } = customer;
  const sent = Object.fromEntries(
    Object.entries(customer).filter(([field, value]) => field !== 'id' && value !== null),
  );
  return takeIn(request, async () => {
    return await sql`
      with prior as (${priorRequest(sql, request)}), held as (
        select (select id from customers where reference = ${reference}::text) as by_reference,
               (select id from customers where stripe_customer_id = ${stripe_customer_id}::text) as by_stripe,
               (select id from customers
                where forgotten_at is not null
                  and (id = ${customer.id} or stripe_customer_id = ${stripe_customer_id}::text
                       or reference_hash = reference_mark(${reference}::text)) limit 1) as erased
      ), verdict as (
        select case when erased is not null then 'customer_erased'
                    when by_reference is not null then case
                      when (select to_jsonb(c) from customers c where c.id = by_reference) @> ${sql.json(sent)}::jsonb
                      then 'reference_held' else 'reference_taken' end
                    when by_stripe is not null then 'stripe_customer_held'
                    when not is_time_zone(coalesce(${time_zone}::text, 'UTC')) then 'time_zone_unknown'
               end as refusal,
               coalesce(erased, by_reference, by_stripe) as existing
        from held
      ), created as (
        insert into customers (id, state, due_at, reference, email, name, locale, time_zone, metadata,
                               stripe_customer_id, cause, cause_reference)
        select ${customer.id},
               case when ${stripe_customer_id}::text is null then 'queued' else 'bound' end,
               case when ${stripe_customer_id}::text is null then dc_now() end,
               ${reference}::text, ${email}, ${name}::text,
               ${locale}::text, ${time_zone}::text, ${sql.json(metadata ?? {})}::jsonb,
               ${stripe_customer_id}::text,
               'api', ${cause_reference}
        from verdict where refusal is null and not exists (select from prior)
        on conflict do nothing
        returning *
      ), keyed as (
        insert into idempotency_keys (route, key, request_hash, entity_id, status_code)
        select ${request?.route ?? null}::text, ${request?.key ?? null}::text,
               ${request?.request_hash ?? null}::bytea, coalesce(c.id, v.existing),
               case when c.id is null then 200 else 201 end
        from verdict v left join created c on true
        where ${request !== null} and not exists (select from prior)
          and (c.id is not null or v.refusal = 'reference_held')
        on conflict do nothing
      )
      select v.refusal, v.existing, ${priorColumns(sql)}, c.*
      from verdict v left join prior p on true left join created c on true`;
  });
}
