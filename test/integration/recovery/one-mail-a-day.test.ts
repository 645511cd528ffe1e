/** A customer hears once a day of all that waits for them (docs/protocol.md, 9.14). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ASKS, bill, named, steps } from './bills-world.ts';
import { createRecoveryWorld, type RecoveryWorld } from './recovery-world.ts';

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 24 * HOUR;
const NAMES = ['Gas', 'Heat', 'Water'];

let world: RecoveryWorld;

beforeAll(async () => {
  world = await createRecoveryWorld({ timings: { mailGatherMinMs: 5_000 } });
});

afterAll(() => world.close());

async function pass(seconds: number): Promise<void> {
  await world.advance(seconds);
  await world.work();
}

describe('first mails', () => {
  test('of bills that are declined in one run are one mail that names them all, and each has its step', async () => {
    const customer = await world.customer(ASKS);
    for (const name of NAMES) await bill(world, customer, name);
    await world.work();
    await pass(6);

    expect(named(world, customer, NAMES)).toEqual([NAMES]);
    const [mail] = world.mailsTo(customer.customer_id);
    expect(mail?.subject).toBe('3 payments to Powerline need you');
    expect(mail?.links.filter((link) => link.includes('/r/')).length).toBe(1);
    const written = await steps(world, customer);
    expect(written.filter((step) => step.endsWith('opened sent')).length).toBe(1);
    expect(written.filter((step) => step.includes('opened merged into')).length).toBe(2);
    const [sent] = await world.sql<{ served: number; carriers: number }[]>`
      select count(m.served_by)::int as served, count(distinct m.served_by)::int as carriers
      from messages m join recoveries r on r.id = m.recovery_id join charges c on c.id = r.charge_id
      where c.customer_id = ${customer.customer_id}`;
    expect(sent).toEqual({ served: 2, carriers: 1 });
  });

  test('of bills that are posted one after the other merge', async () => {
    const customer = await world.customer(ASKS);
    for (const name of NAMES) {
      await bill(world, customer, name);
      await world.work();
      await world.advance(1);
    }
    await pass(5);

    expect(named(world, customer, NAMES)).toEqual([NAMES]);
  });

  test('wait for bills that are due within ten minutes, and for no others', async () => {
    const customer = await world.customer(ASKS);
    await bill(world, customer, 'Gas');
    await bill(world, customer, 'Heat', { due_in_ms: 8 * MINUTE * 1_000 });
    await bill(world, customer, 'Water', { due_in_ms: 11 * MINUTE * 1_000 });
    await world.work();
    await pass(6);
    expect(named(world, customer, [])).toEqual([]);
    await pass(8 * MINUTE);

    expect(named(world, customer, NAMES)).toEqual([['Gas', 'Heat']]);
  });

  test('wait no longer than ten minutes for a bill that is not settled', async () => {
    const customer = await world.customer(ASKS);
    await bill(world, customer, 'Gas');
    await world.work(['charge', 'recovery', 'inbox_event']);
    const late = await bill(world, customer, 'Heat');
    await world.work(['charge', 'recovery', 'inbox_event']);
    const hold = (state: string) =>
      world.sql`update charges set state = ${state}, due_at = dc_now() + interval '1 day' where id = ${late}`;
    await world.sql`
      update messages m set state = 'suppressed' from recoveries r where r.id = m.recovery_id and r.charge_id = ${late}`;
    await hold('in_flight');
    await world.work();
    for (let look = 0; look < 9; look += 1) await pass(MINUTE);
    expect(named(world, customer, [])).toEqual([]);
    await pass(MINUTE + 5);

    expect(named(world, customer, NAMES)).toEqual([['Gas']]);
    await hold('action_required');
  });

  test('of a single bill goes out after seconds', async () => {
    const customer = await world.customer(ASKS);
    await bill(world, customer, 'Gas');
    await world.work();
    expect(named(world, customer, ['Gas'])).toEqual([]);
    await pass(6);

    expect(named(world, customer, ['Gas'])).toEqual([['Gas']]);
    expect(world.mailsTo(customer.customer_id)[0]?.subject).toBe(
      'Please confirm your payment of €12.50 to Powerline',
    );
  });
});

describe('the mail of the day', () => {
  test('has been sent: a bill of the same day waits for the next, which carries all that waits', async () => {
    const customer = await world.customer(ASKS);
    await bill(world, customer, 'Gas');
    await world.work();
    await pass(6);
    await pass(HOUR);
    await bill(world, customer, 'Heat');
    await world.work();
    await pass(22 * HOUR);
    expect(named(world, customer, ['Gas', 'Heat'])).toEqual([['Gas']]);
    await pass(HOUR);

    expect(named(world, customer, ['Gas', 'Heat'])).toEqual([['Gas'], ['Gas', 'Heat']]);
    const reminded = (await steps(world, customer)).filter((step) => step.includes('reminder_1'));
    expect(reminded.length).toBe(1);
    await pass(12 * HOUR);
    expect(named(world, customer, []).length).toBe(2);
  });

  test('does not delay a last call, which carries what waits', async () => {
    const customer = await world.customer(ASKS);
    await bill(world, customer, 'Gas');
    await world.work();
    await pass(6);
    for (let day = 0; day < 5; day += 1) await pass(DAY);
    await bill(world, customer, 'Heat');
    await world.work();
    await pass(6);
    const before = named(world, customer, ['Gas', 'Heat']);
    expect(before.at(-1)).toEqual(['Gas', 'Heat']);
    await bill(world, customer, 'Water');
    await world.work();
    await pass(DAY - 6);

    expect(named(world, customer, NAMES)).toEqual([...before, NAMES]);
    expect(world.mailsTo(customer.customer_id)[0]?.subject).toBe(
      'Last call: the time for 1 of your 3 payments to Powerline is almost over',
    );
    expect(await steps(world, customer)).toContain('Water: opened merged into Gas');
  });

  test('is not asked for a bill of which the merchant wants no mails', async () => {
    const customer = await world.customer(ASKS);
    await bill(world, customer, 'Gas');
    await bill(world, customer, 'Heat');
    await bill(world, customer, 'Water', { terms: { mails: false } });
    await world.work();
    await pass(6);

    expect(named(world, customer, NAMES)).toEqual([['Gas', 'Heat']]);
  });
});
