/** An operator's word that rows were lost: `npm run restored`. */
import type { Sql } from '../postgres/database.ts';
import { type NotedLoss, readLoss } from '../postgres/loss.ts';
import { type OperatorWord, wroteAction } from './operator-actions.ts';

/** Notes the loss that an operator reports, with their word; charging goes off. `since`: where the span begins, if known. */
export async function noteRestored(
  sql: Sql,
  since: Date | null,
  word: OperatorWord,
): Promise<NotedLoss | null> {
  const action = { verb: 'restored', entity: 'instance', entity_id: 'rows' } as const;
  await sql`
    with noted as materialized (select note_loss('restored', null, ${since}::timestamptz, true)
    ), said as (${wroteAction(sql, 'noted', action, word)})
    select from noted`;
  return readLoss(sql);
}
