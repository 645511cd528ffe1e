/** Sets of charges with one life: drafted, started, paused, decided, and over when their charges are. */
import { sql } from 'drizzle-orm';
import { boolean, check, doublePrecision, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import type { ChargeTerms } from '../../domain/charge/charge-terms.ts';
import { at, bytes, minor, obligation } from './columns.ts';

export const runs = pgTable(
  'runs',
  {
    ...obligation(),
    name: text('name').notNull(),
    reference: text('reference').unique('runs_reference_key'),
    livemode: boolean('livemode').notNull(),
    /** Nothing goes before a decision. */
    hold: boolean('hold').notNull().default(false),
    goal_minor: minor('goal_minor'),
    goal_currency: text('goal_currency'),
    goal_ends_at: at('goal_ends_at'),
    goal_on_miss: text('goal_on_miss'),
    pace_per_s: integer('pace_per_s'),
    stop_loss_share: doublePrecision('stop_loss_share'),
    stop_loss_of_last: integer('stop_loss_of_last'),
    /** The last charge by which it was paused: only those behind it are judged from then on. */
    stop_loss_after: text('stop_loss_after'),
    /** Of lines that rule nothing themselves. */
    terms: jsonb('terms').$type<Partial<ChargeTerms>>(),
    metadata: jsonb('metadata').$type<Record<string, string>>().notNull().default({}),
    /** The run whose failed charges it makes again. */
    again_of: text('again_of'),
    request_hash: bytes('request_hash'),
    paused_reason: text('paused_reason'),
    decision: text('decision'),
    decided_at: at('decided_at'),
    started_at: at('started_at'),
    /** When the last of its charges was over. */
    completed_at: at('completed_at'),
    /** When charges last came due because of it. */
    fed_at: at('fed_at'),
  },
  (t) => [
    index('runs_due_idx').on(t.due_at).where(sql`due_at is not null`),
    index('runs_created_idx').on(t.created_at, t.id),
    index('runs_name_idx').on(t.name, t.created_at),
    check(
      'runs_goal_check',
      sql`num_nulls(${t.goal_minor}, ${t.goal_currency}, ${t.goal_on_miss}) in (0, 3)`,
    ),
    check(
      'runs_goal_held_check',
      sql`${t.goal_minor} is null or ${t.hold} and ${t.goal_ends_at} is not null`,
    ),
    check('runs_on_miss_check', sql`${t.goal_on_miss} in ('wait', 'cancel')`),
    check(
      'runs_decision_check',
      sql`${t.decision} is null or ${t.decision} in ('release', 'cancel') and ${t.hold}`,
    ),
    check('runs_decided_check', sql`(${t.decision} is null) = (${t.decided_at} is null)`),
    check('runs_paused_check', sql`(state = 'paused') = (${t.paused_reason} is not null)`),
    check('runs_pace_check', sql`${t.pace_per_s} between 1 and 1000`),
    check('runs_stop_loss_check', sql`num_nulls(${t.stop_loss_share}, ${t.stop_loss_of_last}) in (0, 2)`),
    check('runs_stop_share_check', sql`${t.stop_loss_share} > 0 and ${t.stop_loss_share} <= 1`),
    check('runs_stop_of_last_check', sql`${t.stop_loss_of_last} between 1 and 1000`),
  ],
);
