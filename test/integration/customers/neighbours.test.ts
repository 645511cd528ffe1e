/** Statements about one row leave those beside it alone, which are in the very same state. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DELETED_AT_STRIPE, openRebinding, rebind } from '../../../src/store/customer/deleted-customer.ts';
import { beginDetach } from '../../../src/store/customer/payment-method-changes.ts';
import { createWorld, type SavedCustomer, type World } from '../../harness/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

describe('of two customers who were deleted at Stripe', () => {
  const by = 'key_test';
  const rowOf = async (id: string) => {
    const [row] = await world.sql<{ detail: string | null; stripe: string; number: number }[]>`
      select detail, stripe_customer_id as stripe, create_number as number from customers where id = ${id}`;
    return row;
  };
  const deleted = async (state = 'bound'): Promise<string> => {
    const { customer_id } = await world.customer('pm_card_visa');
    await world.sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`update customers set detail = ${DELETED_AT_STRIPE}, state = ${state} where id = ${customer_id}`;
    });
    return customer_id;
  };

  test('the one that is made anew takes a number, and is bound anew; the other stays', async () => {
    const [one, other] = [await deleted(), await deleted()];
    const before = await rowOf(other);
    expect((await openRebinding(world.sql, one))?.create_number).toBe(2);
    expect(await rebind(world.sql, { id: one, stripe_customer_id: 'cus_anew', cause_reference: by })).toBe(
      'rebound',
    );
    expect(await rowOf(one)).toEqual({ detail: null, stripe: 'cus_anew', number: 2 });
    expect(await rowOf(other)).toEqual(before);
  });

  test('one who waits for a person is not made anew, nor one who was not deleted', async () => {
    const { customer_id: there } = await world.customer('pm_card_visa');
    for (const id of [await deleted('needs_review'), there]) {
      const before = await rowOf(id);
      expect(await openRebinding(world.sql, id)).toBeNull();
      const wanted = { id, stripe_customer_id: `cus_for_${id}`, cause_reference: by };
      expect(await rebind(world.sql, wanted)).toBe('not_deleted');
      expect(await rowOf(id)).toEqual(before);
    }
  });
});

describe('of two methods that were taken off file', () => {
  const stateOf = async ({ payment_method_id }: SavedCustomer) => {
    const [row] = await world.sql<{ state: string }[]>`
      select state from payment_methods where id = ${payment_method_id}`;
    return row?.state;
  };
  const withdrawn = async (): Promise<SavedCustomer> => {
    const customer = await world.customer('pm_card_visa');
    await world.sql`update payment_methods set state = 'withdrawn' where id = ${customer.payment_method_id}`;
    return customer;
  };

  test('the one that nothing is open with is detached; the other stays, and so does one that is on file', async () => {
    const [one, other, kept] = [await withdrawn(), await withdrawn(), await world.customer('pm_card_visa')];
    expect(await beginDetach(world.sql, one.payment_method_id)).toBe(true);
    expect(await beginDetach(world.sql, kept.payment_method_id)).toBe(false);
    expect([await stateOf(one), await stateOf(other), await stateOf(kept)]).toEqual([
      'detaching',
      'withdrawn',
      'usable',
    ]);
  });

  test('an attempt that is open holds its own method, and no other', async () => {
    const [held, free] = [await withdrawn(), await withdrawn()];
    const charge = await world.charge(await world.customer('pm_card_visa'));
    await world.sql`
      insert into charge_attempts (charge_id, number, kind, idempotency_key, stripe_payment_intent_id, payment_method_id,
                                   request_body, api_version, lease_number)
      values (${charge}, 1, 'off_session', ${`dc1:${charge}:confirm:1`}, 'pi_held', ${held.payment_method_id}, '', '1', 1)`;
    expect(await beginDetach(world.sql, held.payment_method_id)).toBe(false);
    expect(await beginDetach(world.sql, free.payment_method_id)).toBe(true);
  });
});
