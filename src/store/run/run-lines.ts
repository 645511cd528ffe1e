/**
 * Many lines of a run in one statement. It takes in what there is nothing to say about: a live recurring consent without
 * bounds, a method that fits, no charge under this reference. Any other line is answered `alone` and goes through the statement that
 * takes in one charge, which gives the reason; so there is one set of refusals, and a line that breaks its batch fails by itself.
 */
import type { BillDocument, ChargeTerms } from '../../domain/charge/charge-terms.ts';
import type { UsageLine } from '../../domain/run/usage.ts';
import { type DebitLimits, unfitness } from '../charge/method-fit.ts';
import { retryConflict, type Sql } from '../postgres/database.ts';

export type RunLine = {
  /** Derived from its reference. */
  readonly id: string;
  readonly reference: string;
  readonly customer_id: string | null;
  /** Where the line names its customer by the merchant's own id. */
  readonly customer_reference: string | null;
  readonly payment_method_id: string | null;
  readonly amount_minor: number;
  readonly currency: string;
  readonly description: string;
  readonly scheduled_for: Date | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly terms: ChargeTerms;
  readonly document: BillDocument | null;
  readonly usage: readonly UsageLine[] | null;
  readonly again_of: string | null;
  readonly request_hash: Buffer;
};

/**
 * - `replayed`: it is there, in this run and with this content.
 * - `differs`: its reference was used for something else.
 * - `alone`: to be taken in by itself.
 */
export type LineTaken = 'accepted' | 'replayed' | 'differs' | 'alone';

/**
 * Takes in lines of distinct references, in the order of their ids, so that the same lines sent twice at once wait for each other
 * and do not lock each other out.
 */
export async function takeLines(
  sql: Sql,
  run: { readonly id: string; readonly livemode: boolean; readonly debit_limits: DebitLimits },
  lines: readonly RunLine[],
  cause_reference: string,
): Promise<LineTaken[]> {
  const sent = lines.map((line, place) => ({
    ...line,
    place,
    request_hash: line.request_hash.toString('hex'),
  }));
  const rows = await retryConflict(
    async () =>
      await sql<{ place: number; taken: LineTaken }[]>`
      with payer as materialized (
        select * from payable_lines(${run.id}, ${lines.map((_line, place) => place)}::text[]::int[],
          ${lines.map((line) => line.customer_id)}::text[], ${lines.map((line) => line.customer_reference)}::text[],
          ${lines.map((line) => line.payment_method_id)}::text[])
      ), line as materialized (
        select * from jsonb_to_recordset(${sql.json(sent as never)}::jsonb) as l (
          place int, id text, reference text, payment_method_id text, amount_minor bigint, currency text, description text,
          scheduled_for timestamptz, metadata jsonb, terms jsonb, document jsonb, usage jsonb, again_of text,
          request_hash text)
      ), known as materialized (
        select l.place, e.run_id is not distinct from ${run.id} and e.request_hash = decode(l.request_hash, 'hex') as is_same
        from line l join charges e on e.id = l.id
      ), fit as materialized (
        select l.*, p.customer_id, p.id as method_id, p.usage as method_usage, p.consent_id
        from line l join payer p on p.line = l.place join payment_methods f on f.id = p.id
        where l.again_of is null and not exists (select from known k where k.place = l.place)
          and not exists (select from charges o where o.reference = l.reference)
          and not exists (select from verdict_on(f))
          and ${unfitness(
            sql,
            { minor: sql`l.amount_minor`, currency: sql`l.currency`, due_at: sql`l.scheduled_for` },
            run.debit_limits,
          )} is null
      ), created as (
        insert into charges (id, state, due_at, customer_id, payment_method_id, consent_id, amount_minor, currency, livemode,
                             description, reference, scheduled_for, follows_customer, metadata, terms, document, request_hash,
                             warnings, cause, cause_reference, run_id, usage)
        select l.id, 'queued', null, l.customer_id, l.method_id, l.consent_id, l.amount_minor, l.currency, ${run.livemode},
               l.description, l.reference, l.scheduled_for, l.payment_method_id is null, l.metadata, l.terms,
               nullif(l.document, 'null'), decode(l.request_hash, 'hex'),
               array_remove(array[case when l.method_usage = 'on_session' then 'set_up_on_session' end], null),
               'api', ${cause_reference}, ${run.id}, nullif(l.usage, 'null')
        from fit l order by l.id
        on conflict do nothing
        returning id
      )
      select l.place, case when c.id is not null then 'accepted' when k.is_same then 'replayed'
                           when k.place is not null then 'differs' else 'alone' end as taken
      from line l left join known k on k.place = l.place left join created c on c.id = l.id`,
  );
  const byPlace = new Map(rows.map((row) => [row.place, row.taken]));
  return lines.map((_line, place) => byPlace.get(place) ?? 'alone');
}

/** A run that is to take lines: whose terms they have, and whether it takes any. */
export type TakingRun = {
  readonly id: string;
  readonly livemode: boolean;
  readonly terms: Partial<ChargeTerms> | null;
  readonly takes: boolean;
};

export async function readTakingRun(sql: Sql, run_id: string): Promise<TakingRun | null> {
  const [row] = await sql<TakingRun[]>`
    select r.id, r.livemode, r.terms, takes_lines(r) as takes from runs r where r.id = ${run_id}`;
  return row ?? null;
}

/** The id of the customer with this reference, or null. */
export async function findCustomer(sql: Sql, reference: string): Promise<string | null> {
  const [row] = await sql<{ id: string }[]>`select id from customers where reference = ${reference}`;
  return row?.id ?? null;
}

/** What is there under a line's id, where it was taken in beside us: in this run and with this content, or something else. */
export async function readLine(
  sql: Sql,
  run_id: string,
  line: Pick<RunLine, 'id' | 'request_hash'>,
): Promise<'replayed' | 'differs' | null> {
  const [row] = await sql<{ is_same: boolean }[]>`
    select run_id is not distinct from ${run_id} and request_hash = ${line.request_hash}::bytea as is_same
    from charges where id = ${line.id}`;
  if (row === undefined) return null;
  return row.is_same ? 'replayed' : 'differs';
}
