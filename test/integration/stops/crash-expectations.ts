/** What must hold of a charge and of all that hangs on it after any crash, by the rows and by the simulator's ledger. */
import { expect } from 'vitest';
import type { Life } from './crash-lives.ts';
import type { Stage, Subject } from './crash-stage.ts';

/** Rows of one charge that do not fit together: what a torn statement would leave. None, at any moment. */
export async function tornRows({ admin }: Stage, charge: string): Promise<string[]> {
  const rows = await admin<{ what: string }[]>`
    with history as (
      select entity, entity_id, from_state, to_state, version,
             lag(to_state) over w as before, lag(version) over w as version_before
      from transitions
      where entity_id = ${charge} and entity = 'charge'
         or entity_id in (select id from recoveries where charge_id = ${charge})
         or entity_id in (select id from replacements where charge_id = ${charge})
         or entity_id in (select m.id from messages m join recoveries r on r.id = m.recovery_id
                          where r.charge_id = ${charge})
      window w as (partition by entity, entity_id order by version, id)
    ), attempts as (
      select * from charge_attempts where charge_id = ${charge}
    ), subject as (
      select * from charges where id = ${charge}
    )
    select 'a transition does not follow the one before: ' || entity || ' ' || version as what from history
    where from_state is distinct from before or (before is not null and version <> version_before + 1)
    union all
    select 'the charge is not what its last transition says' from subject c
    where c.state is distinct from (select to_state from history where entity = 'charge'
                                    order by version desc limit 1)
       or c.version is distinct from (select max(version) from history where entity = 'charge')
    union all
    select 'an attempt is not what its last transition says' from attempts a
    where a.state is distinct from (select t.to_state from transitions t
                                    where t.entity = 'attempt' and t.entity_id = a.charge_id
                                      and t.version = a.number order by t.id desc limit 1)
    union all
    select 'attempt numbers are not dense' from attempts having count(*) <> coalesce(max(number), 0)
    union all
    select 'two attempts are open' from attempts where ended_at is null having count(*) > 1
    union all
    select 'an attempt without its PaymentIntent' from attempts a, subject c
    where c.stripe_payment_intent_id is distinct from a.stripe_payment_intent_id
    union all
    select 'an open attempt of a charge that does not know of it' from attempts a, subject c
    where a.ended_at is null
      and c.state not in ('in_flight', 'unknown', 'action_required', 'pending', 'closing', 'needs_review')
    union all
    select 'a key without its charge' from idempotency_keys k
    where k.entity_id = ${charge} and not exists (select from subject)
    union all
    select 'a recovery without a charge that waits' from recoveries r, subject c
    where r.charge_id = ${charge} and r.state = 'open'
      and c.state in ('queued', 'retry_wait', 'succeeded', 'failed', 'canceled')
    union all
    select 'told twice of one version' from events where object_id = ${charge} and type not like 'recovery.%'
    group by version, type having count(*) > 1`;
  return rows.map((row) => row.what);
}

/** That the life has ended as it always ends, once, and owes nothing. */
export async function expectWhole(stage: Stage, life: Life, subject: Subject): Promise<void> {
  const { admin, world } = stage;
  const { charge } = subject;
  expect(await tornRows(stage, charge)).toEqual([]);
  const isPaid = life.ends === 'succeeded';
  const intents = await world.ledger(charge);
  expect(intents).toMatchObject([{ status: life.ends, successes: isPaid ? 1 : 0 }]);
  const [row] = await admin`
    select c.state, c.due_at, c.stripe_payment_intent_id as intent, c.lease_until > clock_timestamp() as leased,
      (select count(*)::int from charge_attempts where charge_id = c.id and ended_at is null) as open,
      (select count(*)::int from recoveries where charge_id = c.id and state = 'open') as recoveries,
      (select count(*)::int from messages m join recoveries r on r.id = m.recovery_id
       where r.charge_id = c.id and m.state in ('queued', 'sending')) as mails,
      (select count(*)::int from inbox_events where state in ('received', 'parked')) as events,
      (select count(*)::int from breaks where entity_id = c.id) as breaks,
      array(select type from events where object_id = c.id
            and type in ('charge.succeeded', 'charge.failed', 'charge.canceled')) as told
    from charges c where c.id = ${charge}`;
  expect(row).toEqual({
    state: life.ends,
    due_at: null,
    intent: intents[0]?.id,
    leased: null,
    open: 0,
    recoveries: 0,
    mails: 0,
    events: 0,
    breaks: 0,
    told: [`charge.${life.ends}`],
  });
  const mails = world.mailsTo(subject.customer.customer_id);
  const copies = mails.filter((mail) => mail.message_id === mails[0]?.message_id);
  expect(copies.length).toBeLessThanOrEqual(2);
}

/** Every confirm that has reached Stripe is an attempt's, key and bytes. Answers how many there were. */
export async function expectWrittenAhead({ admin, world }: Stage): Promise<number> {
  const requests = await world.simulator.control.requests(world.secretKey);
  const confirms = requests.filter((request) => request.idempotency_key?.includes(':confirm:') === true);
  const attempts = await admin<{ text: string }[]>`
    select idempotency_key || ' ' || request_body as text from charge_attempts`;
  const written = new Set(attempts.map((attempt) => attempt.text));
  expect(confirms.filter(({ idempotency_key, body }) => !written.has(`${idempotency_key} ${body}`))).toEqual(
    [],
  );
  return confirms.length;
}
