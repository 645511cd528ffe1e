/** What the janitor keeps: where its sweeps left off, the inbox, and orphans. */
import { isTerminal } from '../../../src/domain/machines.ts';
import type { NewInboxEvent } from '../../../src/store/door/inbox-intake.ts';
import { EPOCH_MS } from '../stage.ts';
import { inboxRow } from './rows.ts';
import type { Modelled } from './statement.ts';

export const sweepStatements: readonly Modelled[] = [
  {
    // In the model something always waits: a schedule ends when nothing does.
    name: 'takeSweep',
    marker: 'insert into sweeps as s (name, due_at)',
    arity: 9,
    run: (tables, [name, shortest]) => {
      const [interval_ms] = (shortest as { readonly values: readonly number[] }).values;
      const now_ms = tables.now().getTime();
      const known = tables.sweeps.get(name as string);
      if (known !== undefined && known.due_at_ms > now_ms) return [];
      const cursor = known?.cursor ?? null;
      tables.sweeps.set(name as string, { due_at_ms: now_ms + Number(interval_ms), cursor });
      const now_s = Math.floor(now_ms / 1_000);
      const read_ms = tables.events_read_at?.getTime() ?? now_ms;
      return [{ cursor, now_s, events_read_s: Math.floor(read_ms / 1_000) }];
    },
  },
  {
    name: 'saveSweep',
    marker: 'update sweeps set cursor = ?,',
    arity: 4,
    run: (tables, [cursor, , due_in_ms, name]) => {
      const known = tables.sweeps.get(name as string);
      if (known === undefined) return [];
      const due_at_ms = due_in_ms === null ? known.due_at_ms : tables.now().getTime() + (due_in_ms as number);
      tables.sweeps.set(name as string, { due_at_ms, cursor: cursor as string });
      return [];
    },
  },
  {
    // From now on the janitor walks them every half minute, as before the loss.
    name: 'noteEventsRead',
    marker: 'update instance set events_read_at',
    arity: 0,
    run: (tables) => {
      tables.events_read_at = null;
      return [];
    },
  },
  {
    name: 'insertInboxEvents',
    marker: 'insert into inbox_events',
    arity: 3,
    run: (tables, [carrier, , events]) => {
      const fresh = (events as readonly NewInboxEvent[]).filter(({ id }) => !tables.rows.inbox_event.has(id));
      for (const event of fresh) {
        const stripe_created_at = new Date(event.created_s * 1_000);
        const { id, type, object_id, request_key, projection } = event;
        const told = { id, type, object_id, request_key, projection, carrier: carrier as string };
        tables.insert('inbox_event', inboxRow({ ...told, stripe_created_at }, tables.now()));
      }
      return fresh.map(({ id }) => ({ id }));
    },
  },
  {
    name: 'readOrphanCharges',
    marker: 'select c.id, c.stripe_payment_intent_id, s.terminal',
    arity: 1,
    run: (tables, [ids]) => {
      return [...new Set(ids as string[])].flatMap((wanted) => {
        const charge = tables.rows.charge.get(wanted);
        if (charge === undefined) return [];
        const { id, stripe_payment_intent_id, state } = charge;
        return [{ id, stripe_payment_intent_id, terminal: isTerminal('charge', state as 'queued') }];
      });
    },
  },
  {
    name: 'openOrphanCancel',
    marker: 'insert into sweeps (name, due_at, cursor)',
    arity: 1,
    run: (tables, [name]) => {
      const known = tables.sweeps.get(name as string) ?? { due_at_ms: EPOCH_MS, cursor: '1' };
      tables.sweeps.set(name as string, known);
      return [{ number: Number(known.cursor) }];
    },
  },
  {
    name: 'spendOrphanCancel',
    marker: 'update sweeps set cursor = ?\n',
    arity: 3,
    run: (tables, [next, name, number]) => {
      const known = tables.sweeps.get(name as string);
      if (known !== undefined && known.cursor === number)
        tables.sweeps.set(name as string, { ...known, cursor: next as string });
      return [];
    },
  },
  {
    name: 'closeOrphanCancels',
    marker: 'delete from sweeps',
    arity: 1,
    run: (tables, [names]) => {
      for (const name of names as string[]) tables.sweeps.delete(name);
      return [];
    },
  },
  {
    // After a loss, what the sweep has named stays named here: no person closes it twice.
    name: 'closeFoundBreaks',
    marker: 'update breaks b set closed_by',
    arity: 1,
    run: () => [],
  },
  {
    name: 'recordUnboundPayment',
    marker: "'unbound_payment_intent'",
    arity: 3,
    run: (tables, [id]) => {
      const stripe_id = id as string;
      tables.writeBreak({ kind: 'unbound_payment_intent', entity_id: stripe_id, stripe_id });
      return [{ is_open: true }];
    },
  },
];
