import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeCustomer } from '../../../src/store/customer/customer-changes.ts';
import { startMessage } from '../../../src/store/recovery/messages.ts';
import { fixLinkKey } from '../../../src/store/recovery/recoveries.ts';
import { createRecoveryWorld, type RecoveryWorld } from './recovery-world.ts';

let world: RecoveryWorld;

beforeAll(async () => {
  world = await createRecoveryWorld();
});

afterAll(() => world.close());

const CHALLENGED = 'pm_card_authenticationRequired';

async function pass(hours: number): Promise<void> {
  await world.advance(hours * 3_600);
  await world.work();
}

async function rowOf(charge: string) {
  const [row] = await world.sql`
    select r.id, r.state, r.bounced_at, c.state as charge,
           array(select m.step || ' ' || m.state from messages m where m.recovery_id = r.id
                 order by m.created_at, m.id) as messages
    from recoveries r join charges c on c.id = r.charge_id where c.id = ${charge}`;
  if (row === undefined) throw new Error('no recovery');
  return row;
}

/** A charge that owes its first mail, which nobody has sent yet. */
async function owed() {
  const customer = await world.customer(CHALLENGED);
  const charge = await world.charge(customer);
  await world.work(['charge', 'inbox_event', 'recovery']);
  const [message] = await world.sql<{ id: string }[]>`
    select m.id from messages m join recoveries r on r.id = m.recovery_id where r.charge_id = ${charge}`;
  if (message === undefined) throw new Error('no mail is owed');
  return { customer, charge, message_id: message.id };
}

test('tries again when the mail server is not available, with the same message id', async () => {
  world.inbox.refuse({ code: 451, at: 'content' });
  const customer = await world.customer(CHALLENGED);
  const charge = await world.charge(customer);
  await world.work();
  expect((await rowOf(charge)).messages).toEqual(['opened queued']);

  world.inbox.refuse(null);
  await pass(1);

  const [mail] = world.mailsTo(customer.customer_id);
  const [row] = await world.sql`
    select m.id, m.tries from messages m join recoveries r on r.id = m.recovery_id where r.charge_id = ${charge}`;
  expect(row?.tries).toBe(1);
  expect(mail?.message_id).toBe(`<${row?.id}@example.test>`);
  expect((await rowOf(charge)).messages).toEqual(['opened sent']);
});

test('stops writing to an address that is refused for good, and still ends in time', async () => {
  world.inbox.refuse({ code: 550, at: 'recipient' });
  const customer = await world.customer(CHALLENGED);
  const charge = await world.charge(customer);
  await world.work();
  world.inbox.refuse(null);
  expect(await rowOf(charge)).toMatchObject({ state: 'open', messages: ['opened failed'] });

  for (let day = 0; day < 8; day += 1) await pass(24);

  expect(world.mailsTo(customer.customer_id)).toEqual([]);
  expect(await rowOf(charge)).toMatchObject({
    state: 'expired',
    charge: 'failed',
    messages: ['opened failed'],
  });
});

test('sends again, at most once more and under the same id, when its worker died after the server took it', async () => {
  const { customer, charge, message_id } = await owed();
  const claimed = await world.deps.leases.claimDue('message', message_id);
  const lease_number = claimed?.lease.lease_number ?? 0;
  const start = { id: message_id, lease_number, wait_ms: 1_000 };
  const mail = await startMessage(world.sql, start, world.deps.timings);
  expect(mail?.verdict).toBe('sending');
  const link = await fixLinkKey(world.sql, mail?.recovery_id ?? '', world.deps.recovery.link_key_ids);
  await world.deps.recovery.sendMail(
    {
      message_id,
      step: 'opened',
      kind: 'authenticate',
      was_tried: true,
      to: `${customer.customer_id}@example.test`,
      locale: null,
      amount_minor: 1_250,
      currency: 'eur',
      description: 'Power in October',
      card: null,
      new_card: null,
      expires_at: new Date(),
      on_expiry: 'close',
      retry_at: null,
      document: null,
      others: [],
      more: 0,
      link: world.deps.recovery.linkAddress(link),
    },
    new AbortController().signal,
  );
  await world.sql`update messages set lease_until = clock_timestamp() where id = ${message_id}`;

  await world.work();
  await pass(1);

  const mails = world.mailsTo(customer.customer_id);
  expect(mails.map((each) => each.message_id)).toEqual([
    `<${message_id}@example.test>`,
    `<${message_id}@example.test>`,
  ]);
  expect(mails[0]?.links[0]).toBe(mails[1]?.links[0]);
  expect((await rowOf(charge)).messages).toEqual(['opened sent']);
});

test('goes to the address that the customer has when it is sent', async () => {
  const { customer } = await owed();
  const { sql } = world;
  const [before] = await sql<
    { email: string }[]
  >`select email from customers where id = ${customer.customer_id}`;
  await changeCustomer(sql, customer.customer_id, { email: 'moved@example.test' }, 'key_test');
  await world.work();

  const to = world.inbox.messages().map((mail) => mail.to);
  expect(to).toContain('moved@example.test');
  expect(to).not.toContain(before?.email);
});

test('a worker whose lease was taken over marks nothing and sends nothing', async () => {
  const { customer, message_id } = await owed();
  const claimed = await world.deps.leases.claimDue('message', message_id);
  const lease_number = (claimed?.lease.lease_number ?? 0) - 1;

  const start = { id: message_id, lease_number, wait_ms: 1_000 };
  expect(await startMessage(world.sql, start, world.deps.timings)).toBeNull();

  expect(world.mailsTo(customer.customer_id)).toEqual([]);
});

test('never sends to an address that is none, and lets no line into a header', async () => {
  const bad = [
    'x@evil.example.test\r\nBcc: y@evil.example.test',
    '"a@evil.test x"@good.test',
    'a@b@c',
    'nobody',
    '',
  ];
  for (const email of bad) {
    const { customer, charge } = await owed();
    await world.sql`update customers set email = ${email} where id = ${customer.customer_id}`;
    await world.work();
    expect({ email, messages: (await rowOf(charge)).messages }).toEqual({
      email,
      messages: ['opened failed'],
    });
  }
  expect(world.inbox.messages().filter((mail) => mail.to.includes('evil'))).toEqual([]);
});
