/** Whoever changes something by a command leaves their name and their reason, in the same statement and for good. */
import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parkCharge } from '../../../src/store/charge/settle-charges.ts';
import { builtScript } from '../../harness/built.ts';
import { createWorld, type World } from '../../harness/world.ts';
import { takenFor } from '../janitor/ways-out-world.ts';

const run = promisify(execFile);
let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

async function command(script: string, ...args: string[]) {
  const env = {
    PATH: process.env.PATH ?? '',
    DATABASE_URL: world.databaseUrl,
    STRIPE_SECRET_KEY: world.secretKey,
    STRIPE_API_URL: world.simulator.url,
  };
  return run(process.execPath, [builtScript(`scripts/operate/${script}.ts`), ...args], { env });
}

async function newest(entity_id: string) {
  const rows = await world.sql`
    select verb, entity, reason, "by", observed, break_id from operator_actions
    where entity_id = ${entity_id} order by id desc limit 1`;
  return rows[0];
}

async function parked(): Promise<string> {
  const charge_id = await world.charge(await world.customer('pm_card_visa'));
  const observed = { code: 'odd' };
  await parkCharge(world.sql, {
    charge_id,
    kind: 'unexpected_status',
    stripe_id: null,
    observed,
    move: true,
    cause: 'worker',
  });
  return charge_id;
}

describe('every verb writes who did it and why', () => {
  test('charging off and on', async () => {
    await command('charging', 'off', '--reason', 'wrong prices', '--by', 'Ada');
    expect(await newest('charging')).toMatchObject({
      verb: 'charging_off',
      reason: 'wrong prices',
      by: 'Ada',
    });
    await command('charging', 'on', '--reason', 'prices are right');
    expect(await newest('charging')).toMatchObject({
      verb: 'charging_on',
      reason: 'prices are right',
      by: userInfo().username,
    });
  });

  test('keys create and revoke', async () => {
    const made = await command('keys', 'create', '--scopes', 'read', '--json', '--by', 'Ada');
    const { id } = JSON.parse(made.stdout) as { id: string };
    expect(await newest(id)).toMatchObject({ verb: 'key_create', entity: 'api_key', by: 'Ada' });
    await command('keys', 'revoke', id, '--reason', 'it leaked', '--by', 'Ada');
    expect(await newest(id)).toMatchObject({ verb: 'key_revoke', reason: 'it leaked', by: 'Ada' });
  });

  test('review release, with what the break had observed', async () => {
    const charge = await parked();
    await command('review', 'release', charge, '--reason', 'mended', '--by', 'Ada');
    expect(await newest(charge)).toMatchObject({
      verb: 'release',
      entity: 'charge',
      reason: 'mended',
      by: 'Ada',
      observed: { code: 'odd', to: 'queued' },
    });
    const [row] = await world.sql`
      select b.closed_by from operator_actions a join breaks b on b.id = a.break_id where a.entity_id = ${charge}`;
    expect(row).toEqual({ closed_by: 'operator: mended' });
  });

  test('review accept, write-off, claim and refund, as they are typed', async () => {
    const review = async (...args: string[]) => {
      const { stdout } = await command(
        'review',
        ...args,
        '--reason',
        'looked at it',
        '--by',
        'Ada',
        '--json',
      );
      return JSON.parse(stdout) as object;
    };
    await world.simulator.control.webhooks({ paused: true });
    const [charge, other, stray] = [await parked(), await parked(), await parked()];
    const taken = await takenFor(world, charge, charge);
    expect(await review('accept', charge)).toEqual({
      outcome: 'done',
      id: charge,
      state: 'succeeded',
      amount_minor: 777,
      currency: 'eur',
    });
    expect(await newest(charge)).toMatchObject({
      verb: 'accept',
      by: 'Ada',
      observed: { asked_minor: 1_250, taken_minor: 777, currency: 'eur' },
    });
    expect(await review('write-off', other)).toMatchObject({ id: other, state: 'failed' });
    expect(await newest(other)).toMatchObject({ verb: 'write_off', by: 'Ada' });

    const { customer_id } = (await world.read(stray)).charge;
    const [money, unwanted] = ['chg_lost', 'chg_unwanted'].map((mark) => takenFor(world, stray, mark));
    const claimed = await review(
      'claim',
      (await money) ?? '',
      '--customer',
      customer_id,
      '--reference',
      'invoice-1',
    );
    expect(claimed).toMatchObject({ id: 'chg_lost', state: 'succeeded', amount_minor: 777 });
    expect(await newest('chg_lost')).toMatchObject({ verb: 'accept', by: 'Ada' });
    expect(await review('refund', (await unwanted) ?? '')).toMatchObject({
      state: 'refunded',
      amount_minor: 777,
    });
    expect(await newest((await unwanted) ?? '')).toMatchObject({ verb: 'refund', by: 'Ada' });

    // What paid a charge goes back by a refund like any other, which a worker makes.
    expect(await review('refund', taken)).toMatchObject({
      id: expect.stringMatching(/^rfd_/),
      state: 'queued',
      amount_minor: 777,
    });
  });

  test('and a release that comes too late writes nothing', async () => {
    const charge = await parked();
    await command('review', 'release', charge, '--reason', 'mended');
    await expect(command('review', 'release', charge, '--reason', 'again')).rejects.toMatchObject({
      code: 1,
    });
    expect(await newest(charge)).toMatchObject({ reason: 'mended' });
  });
});

test.each([
  ['changed', 'update operator_actions set reason = $$nothing$$'],
  ['taken back', 'delete from operator_actions'],
])('what was said is never %s', async (_what, statement) => {
  await command('charging', 'on', '--reason', 'said');
  await expect(world.sql.unsafe(statement)).rejects.toMatchObject({ code: 'DC002' });
});

describe('a word excuses a charge from a check only where it is about that charge', () => {
  const said = async (verb: string, entity_id: string) => {
    const [row] = await world.sql<{ id: string }[]>`
      insert into operator_actions (verb, entity, entity_id, reason, "by")
      values (${verb}, 'charge', ${entity_id}, 'said', 'Ada') returning id`;
    return row?.id ?? '';
  };
  const succeed = (charge: string, action: string | null, accepted: number | null) => world.sql`
    update charges set state = 'succeeded', amount_received_minor = 99, accepted_minor = ${accepted},
      operator_action_id = ${action}, stripe_payment_intent_id = ${`pi_${charge}`}, settled_at = dc_now()
    where id = ${charge}`;
  const fail = (charge: string, action: string | null) => world.sql`
    update charges set state = 'failed', operator_action_id = ${action},
      stripe_payment_intent_id = ${`pi_${charge}`}, settled_at = dc_now()
    where id = ${charge}`;

  test('not where none was said, not on the word about another, not on a word of another verb', async () => {
    const [charge, other] = [await parked(), await parked()];
    const accept = await said('accept', charge);
    await expect(succeed(charge, null, null)).rejects.toMatchObject({ code: '23514' });
    await expect(succeed(charge, null, 99)).rejects.toMatchObject({ code: '23514' });
    await expect(succeed(other, accept, 99)).rejects.toMatchObject({ code: 'DC002' });
    await expect(fail(charge, accept)).rejects.toMatchObject({ code: 'DC002' });
    await expect(fail(charge, null)).rejects.toMatchObject({ code: '23514' });
    await expect(succeed(charge, await said('write_off', charge), 99)).rejects.toMatchObject({
      code: 'DC002',
    });
  });

  test('and where it is, it stays what it was', async () => {
    const charge = await parked();
    await succeed(charge, await said('accept', charge), 99);
    const another = await said('accept', charge);
    await expect(world.sql`
      update charges set operator_action_id = ${another} where id = ${charge}`).rejects.toMatchObject({
      code: 'DC002',
    });
    await expect(world.sql`
      update charges set accepted_minor = 98 where id = ${charge}`).rejects.toMatchObject({ code: 'DC002' });
  });
});
