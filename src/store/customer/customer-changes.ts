/** A customer's own data changes; what Stripe holds of it is owed to Stripe. */
import type { Sql } from '../postgres/database.ts';
import type { HeldLease, Rows } from '../work/obligations.ts';
import type { CustomerRow } from './customers.ts';

/** As many as Stripe takes (https://docs.stripe.com/api/metadata). */
const METADATA_KEYS_MAX = 50;

/** Absent: as it is. Null: taken away. */
export type CustomerChange = {
  readonly email?: string | undefined;
  readonly name?: string | null | undefined;
  readonly locale?: string | null | undefined;
  readonly time_zone?: string | null | undefined;
  /** Labels to write over those of the same name; an empty text takes one away. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
};

export type CustomerChangeRefusal = 'unknown' | 'erased' | 'time_zone_unknown' | 'metadata_full';
export type ChangedCustomer =
  | { readonly outcome: 'changed'; readonly row: CustomerRow }
  | { readonly outcome: 'refused'; readonly refusal: CustomerChangeRefusal };

/**
 * Writes a change, and makes the customer due if Stripe is to be told of it. What Stripe holds, or is being told, is kept
 * beside it, for a create or an update that was sent is sent again with the same bytes.
 *
 * Refused: `unknown`, there is no such customer; `erased`, nothing of them is kept; `time_zone_unknown`, to the database, which is to count by it;
 * `metadata_full`, merged it would be more labels than a row has.
 */
export async function changeCustomer(
  sql: Sql,
  id: string,
  change: CustomerChange,
  cause_reference: string,
): Promise<ChangedCustomer> {
  const { email = null, name, locale, time_zone, metadata = {} } = change;
  const rows = await sql<(CustomerRow & { readonly refusal: CustomerChangeRefusal | null })[]>`
    with given as (
      select c.id, c.forgotten_at,
             coalesce(${email}::text, c.email) as email,
             case when ${name === undefined} then c.name else ${name ?? null}::text end as name,
             case when ${locale === undefined} then c.locale else ${locale ?? null}::text end as locale,
             case when ${time_zone === undefined} then c.time_zone else ${time_zone ?? null}::text end as time_zone,
             (select coalesce(jsonb_object_agg(l.key, l.value), '{}')
              from jsonb_each_text(c.metadata || ${sql.json(metadata)}::jsonb) l
              where l.value <> '') as metadata
      from customers c where c.id = ${id} for update
    ), wanted as (
      select g.*,
             case when g.forgotten_at is not null then 'erased'
                  when not is_time_zone(coalesce(${time_zone ?? null}::text, 'UTC')) then 'time_zone_unknown'
                  when (select count(*) from jsonb_object_keys(g.metadata)) > ${METADATA_KEYS_MAX} then 'metadata_full'
             end as refusal,
             (c.email, c.name, c.locale) is distinct from (g.email, g.name, g.locale) as is_told
      from given g join customers c on c.id = g.id
    ), written as (
      update customers c set
        email = w.email, name = w.name, locale = w.locale, time_zone = w.time_zone, metadata = w.metadata,
        told = case when c.state = 'bound' then coalesce(c.told, told_of(c)) else c.told end,
        telling = case when c.state = 'queued' and c.create_opened_at is not null
                       then coalesce(c.telling, told_of(c)) else c.telling end,
        due_at = case when c.state = 'bound' and w.is_told then dc_now() else c.due_at end,
        offered_at = case when c.state = 'bound' and w.is_told then null else c.offered_at end,
        revision = c.revision + 1, cause = 'api', cause_reference = ${cause_reference}
      from wanted w
      where c.id = w.id and w.refusal is null
        and (c.email, c.name, c.locale, c.time_zone, c.metadata)
            is distinct from (w.email, w.name, w.locale, w.time_zone, w.metadata)
      returning c.*
    ), mended as (
      -- A new address may take the mails that the old one refused.
      update recoveries r set bounced_at = null, due_at = dc_now(), revision = r.revision + 1
      from written w, customers before, charges h
      where before.id = w.id and before.email <> w.email and h.customer_id = w.id
        and r.charge_id = h.id and r.state = 'open' and r.bounced_at is not null
    )
    select null as refusal, written.* from written
    union all
    select w.refusal, c.* from wanted w join customers c on c.id = w.id where not exists (select from written)`;
  const row = rows[0];
  if (row === undefined) return { outcome: 'refused', refusal: 'unknown' };
  return row.refusal === null ? { outcome: 'changed', row } : { outcome: 'refused', refusal: row.refusal };
}

export type OpenedUpdate = Rows['customer'] & {
  readonly told: NonNullable<CustomerRow['told']>;
  readonly telling: NonNullable<CustomerRow['telling']>;
};

/**
 * Writes ahead what Stripe is to be told, or returns what it is being told already. Null: the lease is gone, or Stripe
 * holds what the row says.
 */
export async function openCustomerUpdate(sql: Sql, lease: HeldLease): Promise<OpenedUpdate | null> {
  const rows = await sql<OpenedUpdate[]>`
    update customers c set telling = coalesce(c.telling, told_of(c)), revision = c.revision + 1
    where c.id = ${lease.id} and c.lease_number = ${lease.lease_number}
      and c.state in ('bound', 'erasing', 'erased') and c.told <> coalesce(c.telling, told_of(c))
    returning c.*`;
  return rows[0] ?? null;
}
