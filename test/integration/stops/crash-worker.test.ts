/**
 * Workers are killed at every place that an offer, an event, a step of a recovery and a mail pass; then all of a
 * charge's path under SIGTERM. (`process-kills.test.ts` has the places of the charge itself.)
 */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { NodeProcess } from '../../../sandbox/node-process.ts';
import { randomId } from '../../../src/platform/ids.ts';
import { endOf } from '../../harness/children.ts';
import { markStartsWorker, queueBackend } from '../../harness/services/services.ts';
import { type Stack, startStack } from '../../harness/stack.ts';
import { until } from '../../harness/until.ts';
import type { SavedCustomer } from '../../harness/world.ts';
import { debtor } from '../debits/debtors.ts';

const CHALLENGED = 'pm_card_authenticationRequired';
const ROLES = 'customer,setup,payment_method,charge,recovery,inbox_event';

let stack: Stack;
/** One for everything but mails, one for those: either can be stopped while the other goes on. */
let others: NodeProcess;
let mails: NodeProcess;
let kills = 0;

beforeAll(async () => {
  stack = await startStack();
  [others, mails] = await Promise.all([
    stack.startWorker({ roles: ROLES }),
    stack.startWorker({ roles: 'message,notice' }),
    stack.startApi(),
  ]);
});

// Whatever a test came to, the next one finds both at work.
afterEach(async () => {
  goOn(others, mails);
  await stack.simulator.control.webhooks({ paused: false });
});

afterAll(async () => {
  console.log(`kills by offer, event, step and mail on ${queueBackend()}: ${kills}`);
  await stack.close();
});

/** Has a worker with these roles die at `place`, while those given stand still; they go on afterwards. */
async function killAt(
  place: string,
  roles: string,
  stopped: readonly NodeProcess[],
  cause: () => Promise<unknown>,
): Promise<void> {
  markStartsWorker();
  for (const worker of stopped) process.kill(worker.pid, 'SIGSTOP');
  const victim = await stack.startWorker({ failpoints: `${place}:kill`, roles });
  await cause();
  const end = await endOf(victim);
  expect({ signal: end.signal, code: end.code }).toEqual({ signal: 'SIGKILL', code: null });
  const hit = JSON.stringify({ event: 'failpoint.hit', failpoint: place });
  await expect.poll(() => stack.linesOf(victim).filter((line) => line === hit)).toHaveLength(1);
  kills += 1;
}

const goOn = (...stopped: NodeProcess[]) => {
  for (const worker of stopped) process.kill(worker.pid, 'SIGCONT');
};

const charge = async (token: string) => chargeTo(await stack.customer(token));

async function chargeTo({ customer_id }: SavedCustomer): Promise<{ id: string; customer_id: string }> {
  const { status, body } = await stack.api.post('/v1/charges', {
    customer: customer_id,
    amount: 1_250,
    currency: 'eur',
    description: 'Power in October',
  });
  expect(status).toBe(202);
  return { id: body.id, customer_id };
}

async function paidOnce(id: string): Promise<void> {
  await until(`${id} is paid`, async () => {
    const [row] = await stack.sql`select state from charges where id = ${id}`;
    return row?.state === 'succeeded';
  });
  expect(await stack.ledger(id)).toMatchObject([{ successes: 1, confirms: 1 }]);
}

describe('a dispatcher killed', () => {
  test.each(['dispatch.after_effect', 'dispatch.after'])(
    'at %s leaves its rows to the next one, and each is worked on once',
    async (place) => {
      const { customer_id, payment_method_id, consent_id } = await stack.customer('pm_card_visa');
      await stack.simulator.control.deliveries();
      await until('nothing but the charge will be due', async () => {
        const due = await stack.sql`
          select 1 from inbox_events where due_at <= dc_now() union all
          select 1 from charges where due_at <= dc_now()`;
        return due.length === 0;
      });
      const id = randomId('chg');
      // A worker for mails alone, whose dispatcher offers everything: the job itself is others' to handle.
      await killAt(place, 'message', [others, mails], async () => {
        // As an API that died left it: nobody has offered it.
        await stack.sql`
          insert into charges (id, state, due_at, customer_id, payment_method_id, consent_id, amount_minor,
                               currency, livemode, description)
          values (${id}, 'queued', dc_now(), ${customer_id}, ${payment_method_id}, ${consent_id}, 1250, 'eur',
                  false, 'Power in October')`;
      });
      const [row] =
        await stack.sql`select offered_at is not null as offered, state from charges where id = ${id}`;
      expect(row).toEqual({ offered: true, state: 'queued' });

      goOn(others, mails);

      await paidOnce(id);
    },
  );
});

describe('a worker killed while it applies an event', () => {
  test.each([
    ['inbox.before', 'received'],
    ['inbox.after_effect', 'received'],
    ['inbox.after', 'applied'],
  ] as const)('at %s leaves it %s, and it counts once', async (place, state) => {
    const { id } = await charge('pm_card_visa');
    await paidOnce(id);
    const events = () => stack.sql<{ id: string; state: string }[]>`
      select e.id, e.state from inbox_events e join charges c on c.stripe_payment_intent_id = e.object_id
      where c.id = ${id} and e.type = 'payment_intent.succeeded'`;
    const event = await until('the event is applied', async () => {
      const [row] = await events();
      return row?.state === 'applied' ? row.id : null;
    });
    await killAt(place, 'inbox_event', [others, mails], async () => {
      // The one event that is due, and not applied yet. It stays the row that it was: the workers that stand still
      // have written to it, and would take a new one for a loss.
      await stack.sql.begin(async (sql) => {
        await sql`set local session_replication_role = replica`;
        await sql`
          update inbox_events set state = 'received', due_at = dc_now(), revision = revision + 1 where id = ${event}`;
      });
    });
    expect((await events()).map((row) => row.state)).toEqual([state]);

    goOn(others, mails);

    await until('all is applied', async () => (await events())[0]?.state === 'applied');
    const told =
      await stack.sql`select type from events where object_id = ${id} and type <> 'charge.created'`;
    expect(told).toEqual([{ type: 'charge.succeeded' }]);
  });
});

const mailsTo = (customer_id: string) =>
  stack.inbox.messages().filter(({ to }) => to === `${customer_id}@example.test`);

describe('a worker killed on the way to the notice of a debit', () => {
  type Notice = { state: string; ahead_days: number | null };
  const owed = (id: string) => stack.sql<Notice[]>`
    select n.state, floor(extract(epoch from n.confirm_not_before - n.sent_at) / 86400)::int as ahead_days
    from notices n where n.charge_id = ${id}`;

  test.each([
    ['mail.before', 'sending', 0, 1],
    ['mail.after_effect', 'sending', 1, 2],
    ['mail.after', 'sent', 1, 1],
  ] as const)(
    'at %s leaves it %s; %i had gone out, %i in the end, and its period runs from the last',
    async (place, state, then, in_the_end) => {
      let asked = { id: '', customer_id: '' };
      await killAt(place, 'notice', [mails], async () => {
        asked = await chargeTo(await debtor(stack, 'success'));
      });
      expect((await owed(asked.id)).map((notice) => notice.state)).toEqual([state]);
      expect(mailsTo(asked.customer_id)).toHaveLength(then);

      goOn(mails);

      await until('the notice is noted as sent', async () => (await owed(asked.id))[0]?.state === 'sent');
      const [notice, ...others] = await owed(asked.id);
      expect(others).toEqual([]);
      expect(notice?.ahead_days).toBeGreaterThanOrEqual(14);
      const all = mailsTo(asked.customer_id);
      expect(all).toHaveLength(in_the_end);
      expect(new Set(all.map(({ message_id }) => message_id)).size).toBe(1);
      expect(await stack.ledger(asked.id)).toEqual([]);
    },
  );
});

describe('a worker killed on the way to a mail', () => {
  const owed = (id: string) => stack.sql<{ state: string }[]>`
    select m.state from messages m join recoveries r on r.id = m.recovery_id where r.charge_id = ${id}`;
  const sent = (id: string) =>
    until('the mail is noted as sent', async () => {
      const rows = await owed(id);
      return rows.length === 1 && rows[0]?.state === 'sent';
    });

  test.each([
    ['recovery.step.before', 0],
    ['recovery.step.after_effect', 1],
  ] as const)('at %s owes one mail, which is sent once', async (place, owing) => {
    let asked = { id: '', customer_id: '' };
    await killAt(place, 'charge,recovery', [others, mails], async () => {
      asked = await charge(CHALLENGED);
    });
    expect(await owed(asked.id)).toHaveLength(owing);

    goOn(others, mails);

    await sent(asked.id);
    expect(mailsTo(asked.customer_id)).toHaveLength(1);
  });

  test.each([
    ['mail.before', 'sending', 0, 1],
    ['mail.after_effect', 'sending', 1, 2],
    ['mail.after', 'sent', 1, 1],
  ] as const)(
    'at %s leaves it %s; %i had gone out, %i in the end',
    async (place, state, then, in_the_end) => {
      let asked = { id: '', customer_id: '' };
      await killAt(place, 'message', [mails], async () => {
        asked = await charge(CHALLENGED);
      });
      expect(await owed(asked.id)).toEqual([{ state }]);
      expect(mailsTo(asked.customer_id)).toHaveLength(then);

      goOn(mails);

      await sent(asked.id);
      const all = mailsTo(asked.customer_id);
      expect(all).toHaveLength(in_the_end);
      expect(new Set(all.map(({ message_id }) => message_id)).size).toBe(1);
      expect(new Set(all.flatMap(({ links }) => links.filter((link) => link.includes('/r/')))).size).toBe(1);
    },
  );
});

test('workers replaced by SIGTERM one after another under load end with 0, and every charge is paid once', async () => {
  markStartsWorker();
  await stack.simulator.control.faults({
    match: { route: '/v1/payment_intents/:id/confirm' },
    action: { type: 'delay', ms: 300 },
    times: 1_000,
  });
  const { customer_id } = await stack.customer('pm_card_visa');
  const ids: string[] = [];
  const charges = Array.from({ length: 60 }, async (_, index) => {
    const body = { customer: customer_id, amount: 1_000 + index, currency: 'eur', description: 'Power' };
    const key = randomUUID();
    // A busy machine turns some away for now; they ask again.
    const taken = async () => (await stack.api.post('/v1/charges', body, key)).body.id as string | undefined;
    ids.push(await until('the charge is taken in', taken));
  });
  await Promise.all(charges);
  for (let round = 0; round < 3; round += 1) {
    const next = await stack.startWorker({ roles: ROLES });
    const end = await others.stop(10_000);
    expect({ code: end.code, signal: end.signal }).toEqual({ code: 0, signal: null });
    others = next;
  }
  for (const id of ids) await paidOnce(id);
  const failed =
    await stack.sql`select 1 from events where object_id = any(${ids}) and type not in ('charge.created', 'charge.succeeded')`;
  expect(failed).toEqual([]);
});
