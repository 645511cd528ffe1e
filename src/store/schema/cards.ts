/** What the networks say of cards, over all methods and customers that have the same one (docs/protocol.md, 8.7). */
import { sql } from 'drizzle-orm';
import { check, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';

/** One row a card, for its lock: whoever sends with it counts its declines alone. */
export const cards = pgTable('cards', { id: text('id').primaryKey() });

/**
 * A card with these data, or one customer's agreement about it, is closed to what nobody presses. The customer is empty
 * for the card's, the data are for an agreement's.
 */
export const card_verdicts = pgTable(
  'card_verdicts',
  {
    card_id: text('card_id').notNull(),
    customer_id: text('customer_id').notNull().default(''),
    data: text('data').notNull().default(''),
    reason: text('reason').notNull(),
    /** What the decline asked for: another method, or nothing of the customer. */
    asks: text('asks').notNull(),
    charge_id: text('charge_id').notNull(),
    /** When the try began that was answered so. */
    at: at('at').notNull(),
    lifted_at: at('lifted_at'),
  },
  (t) => [
    primaryKey({ name: 'card_verdicts_pkey', columns: [t.card_id, t.customer_id, t.data] }),
    check('card_verdicts_asks_check', sql`${t.asks} in ('replace', 'stop')`),
    check('card_verdicts_scope_check', sql`(${t.customer_id} = '') or (${t.data} = '')`),
  ],
);
