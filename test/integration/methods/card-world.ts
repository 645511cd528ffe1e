/** Cards as Stripe shows them: which one a method is, and what the network changes of it. */

import { refreshMethod } from '../../../src/store/customer/payment-methods.ts';
import { retrievePaymentMethod } from '../../../src/stripe/payment-methods.ts';
import type { World } from '../../harness/world.ts';

/** Reads the method at Stripe, as after an event about it. */
export async function knowCard(world: World, payment_method_id: string): Promise<void> {
  const read = await retrievePaymentMethod(world.deps.stripe, payment_method_id);
  if (read.kind !== 'ok') throw new Error(`unreadable: ${read.kind}`);
  await refreshMethod(world.sql, read.value, 'evt_test');
}

/** The network gives the card a new date, and Stripe tells of it. */
export async function renewCard(world: World, payment_method_id: string): Promise<void> {
  await world.sdk.paymentMethods.update(payment_method_id, { card: { exp_month: 11, exp_year: 2_033 } });
  await knowCard(world, payment_method_id);
}
