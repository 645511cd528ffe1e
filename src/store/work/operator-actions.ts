/**
 * A person's word, written by the statement that makes the change it is about (docs/protocol.md, 13.4). The table is
 * append-only, and no operator's verb leaves it out.
 */
import type postgres from 'postgres';
import type { BreakVerb } from '../../domain/break-kinds.ts';
import type { Sql } from '../postgres/database.ts';

/** Why, in one line, and who says so. */
export type OperatorWord = { readonly reason: string; readonly by: string };

export type OperatorVerb =
  | BreakVerb
  | 'charging_on'
  | 'charging_off'
  | 'restored'
  | 'key_create'
  | 'key_revoke';

export type OperatorAction = {
  readonly verb: OperatorVerb;
  readonly entity: string;
  readonly entity_id: string;
  readonly stripe_id?: string | null;
  /** What the books and Stripe said: ids, states, amounts. */
  readonly observed?: Readonly<Record<string, string | number | boolean | null>>;
};

/** For a CTE: one action for each row of the CTE `changed`, so none is written when nothing has changed. */
export function wroteAction(sql: Sql, changed: string, action: OperatorAction, word: OperatorWord) {
  const { verb, entity, entity_id, stripe_id = null, observed = {} } = action;
  return sql`
    insert into operator_actions (verb, entity, entity_id, stripe_id, reason, "by", observed)
    select ${verb}::text, ${entity}::text, ${entity_id}::text, ${stripe_id}::text, ${word.reason}::text, ${word.by}::text,
           ${sql.json(observed as postgres.JSONValue)}::jsonb
    from ${sql(changed)}`;
}

/**
 * For a CTE: the same, and each open break that the CTE `named` found is named by an action of its own, with what it
 * had observed. Without a break it is one action.
 */
export function wroteActions(sql: Sql, changed: string, action: OperatorAction, word: OperatorWord) {
  const { verb, entity, entity_id, stripe_id = null, observed = {} } = action;
  return sql`
    insert into operator_actions (verb, entity, entity_id, break_id, stripe_id, reason, "by", observed)
    select ${verb}::text, ${entity}::text, ${entity_id}::text, named.id, coalesce(${stripe_id}::text, named.stripe_id),
           ${word.reason}::text, ${word.by}::text,
           coalesce(named.observed, '{}'::jsonb) || ${sql.json(observed as postgres.JSONValue)}::jsonb
    from ${sql(changed)} changed left join named on true
    returning id`;
}

/** For a CTE `named`: the open breaks about any of these ids. */
export function namedBreaks(sql: Sql, ids: readonly string[]) {
  return sql`
    select id, kind, stripe_id, observed from breaks
    where (entity_id = any(${ids as string[]}) or stripe_id = any(${ids as string[]})) and closed_by is null
    order by id for update`;
}

/** For a CTE: closes the breaks of the CTE `named`, once the CTE `changed` has a row. */
export function closedBreaks(sql: Sql, changed: string, word: OperatorWord) {
  return sql`
    update breaks b set closed_by = ${`operator: ${word.reason}`}
    from named where b.id = named.id and exists (select from ${sql(changed)})
    returning b.id`;
}
