/** The statements by which a setup opens, binds and is found. */
import type { Loss } from '../../domain/loss.ts';
import { invariant } from '../../platform/errors.ts';
import type { Sql } from '../postgres/database.ts';
import { type LossColumns, lossOf } from '../postgres/instance.ts';
import type { HeldLease, Rows } from '../work/obligations.ts';

export type SetupRow = Rows['setup'];

/** A setup with what its decisions rest on, and the business clock that they go by. */
export type SetupContext = {
  readonly setup: SetupRow;
  readonly stripe_customer_id: string | null;
  readonly now: Date;
};

/** The setup as it is, or null. */
export async function readSetup(sql: Sql, id: string): Promise<SetupContext | null> {
  const rows = await sql<(SetupRow & { stripe_customer_id: string | null; now: Date })[]>`
    select s.*, c.stripe_customer_id, dc_now() as now
    from setups s join customers c on c.id = s.customer_id
    where s.id = ${id}`;
  const row = rows[0];
  if (row === undefined) return null;
  const { stripe_customer_id, now, ...setup } = row;
  return { setup, stripe_customer_id, now };
}

/** The setup that an object at Stripe belongs to: by its binding, or else by the mark on the object. */
export async function findSetup(
  sql: Sql,
  wanted: {
    readonly setup_intent: string | null;
    readonly session: string | null;
    /** `metadata.dc_setup`, if the mark is of this deployment. */
    readonly dc_setup: string | null;
  },
): Promise<SetupRow | null> {
  const rows = await sql<SetupRow[]>`
    select * from setups
    where stripe_setup_intent_id = ${wanted.setup_intent}
       or stripe_checkout_session_id = ${wanted.session}
       or id = ${wanted.dc_setup}
    order by stripe_setup_intent_id is not distinct from ${wanted.setup_intent} desc
    limit 1`;
  return rows[0] ?? null;
}

export type OpenedSetup = SetupRow & {
  readonly create_opened_at: Date;
  readonly now: Date;
  /** Whether the customer comes by our own page, and returns to it. */
  readonly collect: boolean;
  readonly loss: Loss | null;
  /** When Stripe's events were last read to their end. */
  readonly events_read_at: Date;
};

/**
 * Writes the create ahead of its first byte, or returns the one that is already open. A closing setup only resumes: we
 * must learn what may exist at Stripe in order to end it. Null when the lease is gone, something is bound that no
 * Session is to replace, or the setup is closing and has never begun a create.
 */
export async function openSetupCreate(sql: Sql, lease: HeldLease): Promise<OpenedSetup | null> {
  const rows = await sql<(OpenedSetup & LossColumns)[]>`
    update setups s set create_opened_at = coalesce(s.create_opened_at, dc_now()), revision = s.revision + 1
    from instance i
    where s.id = ${lease.id} and s.lease_number = ${lease.lease_number}
      and (s.stripe_setup_intent_id is null or s.session_instead_at is not null)
      and s.stripe_checkout_session_id is null
      and (s.state = 'queued' or s.state = 'awaiting_customer' and s.session_instead_at is not null
           or s.state = 'closing' and s.create_opened_at is not null)
    returning s.*, dc_now() as now, i.lost_at, i.lost_from, i.events_read_at,
      coalesce((select n.collect from consents n where n.id = s.consent_id), false) as collect`;
  const row = rows[0];
  return row === undefined ? null : { ...row, loss: lossOf(row) };
}

/**
 * Writes down that a Checkout Session takes the place of the setup's SetupIntent, before we end that one: the next
 * worker goes on from there. The Session is made under a verb of its own (`createVerb`), and the SetupIntent's end gets the
 * close number before the one that the setup will close with: no key ever has two bodies. False when the lease is gone,
 * the setup has a Session or accepts none any more, or its first create is still open and must be resumed.
 */
export async function openSessionInstead(sql: Sql, lease: HeldLease): Promise<boolean> {
  const rows = await sql`
    update setups set session_instead_at = dc_now(), create_opened_at = null, close_number = close_number + 1,
      due_at = dc_now(), revision = revision + 1
    where id = ${lease.id} and lease_number = ${lease.lease_number}
      and via = 'elements' and session_instead_at is null and state in ('queued', 'awaiting_customer')
      and (stripe_setup_intent_id is not null or create_opened_at is null)
    returning id`;
  return rows.length === 1;
}

export type SetupBinding = {
  readonly stripe_setup_intent_id: string | null;
  readonly stripe_checkout_session_id: string | null;
};

/**
 * Binds what was created, unless something is bound that it does not replace, the setup is over, or the lease is gone;
 * returns what is bound afterwards. If a close was asked for while the create was under way, the setup stays closing
 * and is due at once, now that there is something to close.
 */
export async function bindSetup(
  sql: Sql,
  lease: HeldLease,
  binding: SetupBinding & { readonly due_in_ms: number; readonly cause: string },
): Promise<SetupBinding | null> {
  const made = binding.stripe_checkout_session_id ?? binding.stripe_setup_intent_id;
  const rows = await sql<SetupBinding[]>`
    with bound as (
      update setups set
        stripe_setup_intent_id = ${binding.stripe_setup_intent_id},
        stripe_checkout_session_id = ${binding.stripe_checkout_session_id},
        state = case when state = 'queued' then 'awaiting_customer' else state end,
        due_at = case when state in ('queued', 'awaiting_customer')
                      then dc_now() + ${binding.due_in_ms}::double precision * interval '1 millisecond'
                      else dc_now() end,
        tries = 0, revision = revision + 1, claim_token = null, lease_until = null, offered_at = null,
        cause = ${binding.cause}, cause_reference = ${made}
      where id = ${lease.id} and lease_number = ${lease.lease_number}
        and (stripe_setup_intent_id is null or session_instead_at is not null)
        and stripe_checkout_session_id is null
        and (state in ('queued', 'closing') or state = 'awaiting_customer' and session_instead_at is not null)
      returning id, stripe_setup_intent_id, stripe_checkout_session_id
    )
    select stripe_setup_intent_id, stripe_checkout_session_id from bound
    union all
    select stripe_setup_intent_id, stripe_checkout_session_id from setups
    where id = ${lease.id} and not exists (select 1 from bound)`;
  return rows[0] ?? null;
}

/**
 * Takes a number for ending an object at Stripe that the setup has not bound. The number before it may be on the wire
 * for the bound object, so this takes the one after it and moves the row past both: no key ever has two bodies.
 */
export async function takeCloseNumber(sql: Sql, setup_id: string): Promise<number> {
  const rows = await sql<{ taken: number }[]>`
    update setups set close_number = close_number + 2, revision = revision + 1
    where id = ${setup_id} returning close_number - 1 as taken`;
  const row = rows[0];
  invariant(row !== undefined, 'setup_of_a_stray');
  return row.taken;
}

/** Notes that Stripe reports something about a setup that our row can no longer become; a person closes the break. */
export async function recordSetupBreak(
  sql: Sql,
  found: {
    readonly setup_id: string;
    readonly stripe_id: string | null;
    readonly observed: Record<string, string | null>;
  },
): Promise<void> {
  await sql`
    insert into breaks (kind, entity_id, stripe_id, observed)
    values ('setup_saved_after_end', ${found.setup_id}, ${found.stripe_id}, ${sql.json(found.observed)})
    on conflict (kind, entity_id) do update set last_seen_at = dc_now()`;
}
