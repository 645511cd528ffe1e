/** Each trigger of the database, left out: what it held for every kind of row, nobody holds any more. */
import { readFileSync } from 'node:fs';
import type { Check, Edit, Mutation } from '../mutations/mutation.ts';
import { integration } from './checks.ts';

const WALLS = 'migrations/0001_walls.sql';
const BINDING = 'migrations/0004_right_payment.sql';
const REVISIONS = 'migrations/0009_lives.sql';
const RETENTION = 'migrations/0021_retention.sql';
const EVENTS = 'migrations/0023_events.sql';
const LEAN = 'migrations/0024_lean_charging.sql';
const RECEIPTS = 'migrations/0031_receipts.sql';
const OPERATOR = 'migrations/0005_operator_actions.sql';

const TABLES = [
  'customers',
  'payment_methods',
  'setups',
  'charges',
  'recoveries',
  'messages',
  'inbox_events',
];

function leftOut(file: string, trigger: string): Edit {
  const source = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
  const [find] = new RegExp(`create trigger ${trigger} [^;]*;`).exec(source) ?? [''];
  return { file, find, replace: 'select 1;' };
}

const walls = (test: string) => integration('work/walls', test);
const told = (test: string) => integration('events/told', test);

/** Without its guard a setup's version stands still, and the rows that the walls are tried on do not come about. */
const guardOf = (table: string): Check =>
  table === 'setups'
    ? integration('setup/setup-elements', 'is queued, waits for its customer, and succeeds')
    : walls(
        `none moves where its machine has no arrow, and its version moves with its state only (${table})`,
      );

const rest: readonly [file: string, trigger: string, check: Check][] = [
  [
    LEAN,
    'charges_guard_money',
    integration('charge/charge-statements', 'the database refuses to change what was agreed'),
  ],
  [LEAN, 'charge_attempts_guard', walls('an attempt moves where its machine has an arrow')],
  [RETENTION, 'transitions_append_only', walls('nobody may update transitions')],
  [WALLS, 'charges_no_delete', walls('nobody may delete from charges')],
  [WALLS, 'charge_attempts_no_delete', walls('nobody may delete from charge_attempts')],
  [
    EVENTS,
    'charge_attempts_birth',
    walls('an attempt moves where its machine has an arrow, and its moves are on the timeline'),
  ],
  [
    EVENTS,
    'charge_attempts_moves',
    walls('an attempt moves where its machine has an arrow, and its moves are on the timeline'),
  ],
  [EVENTS, 'customers_tell', told('a customer changes')],
  [EVENTS, 'customers_forget_told', integration('customers/erasure', 'their open setup ends, as by a stop')],
  [EVENTS, 'payment_methods_tell', told('a method changes')],
  [EVENTS, 'consents_tell', told('a consent is revoked')],
  [EVENTS, 'recoveries_tell_visit', told('a page is visited')],
  [EVENTS, 'recoveries_tell_bounce', told('an address refuses our mail')],
  [EVENTS, 'transitions_forget_told', integration('history/retention', 'keeps its history for 25 months')],
  [EVENTS, 'events_no_delete', walls('nobody may delete from events')],
  [EVENTS, 'events_no_rewrite', walls('nobody may update events')],
  [EVENTS, 'instance_epoch', integration('events/feed', 'a cursor from before a loss is gone')],
  [RECEIPTS, 'charges_owe_receipt', integration('recovery/receipts', 'is confirmed with amount, day, card')],
  [
    RECEIPTS,
    'customers_drop_receipts',
    integration('recovery/receipts', 'who was erased while it was queued'),
  ],
  [WALLS, 'recoveries_end', integration('recovery/protocol-replacement', 'is expired with it')],
  [
    WALLS,
    'charges_end',
    integration('recovery/new-card-end', 'it is detached though ticked for, when the charge was never paid'),
  ],
  [
    BINDING,
    'charges_hear_again',
    integration('binding/unheard-money', 'is heard again when the charge is back'),
  ],
  [
    OPERATOR,
    'operator_actions_append_only',
    integration('operate/operator-actions', 'what was said is never taken back'),
  ],
  [OPERATOR, 'charges_guard_insert_word', walls('a charge is not born with a word that was said of another')],
  [
    OPERATOR,
    'charges_guard_word',
    integration('operate/operator-actions', 'not where none was said, not on the word about another'),
  ],
];

export const triggers: readonly Mutation[] = [
  ...TABLES.flatMap((table) => [
    {
      name: `no trigger ${table}_guard`,
      edits: [leftOut(LEAN, `${table}_guard`)],
      check: guardOf(table),
    },
    {
      name: `no trigger ${table}_birth`,
      edits: [leftOut(EVENTS, `${table}_birth`)],
      check: walls(`each birth is on the timeline (${table})`),
    },
    {
      name: `no trigger ${table}_moves`,
      edits: [leftOut(EVENTS, `${table}_moves`)],
      check: walls(`each move is on the timeline (${table})`),
    },
    {
      name: `no trigger ${table}_revise`,
      edits: [leftOut(REVISIONS, `${table}_revise`)],
      check: walls(`no revision comes again once it was lost (${table})`),
    },
  ]),
  ...rest.map(([file, trigger, check]) => ({
    name: `no trigger ${trigger}`,
    edits: [leftOut(file, trigger)],
    check,
  })),
];
