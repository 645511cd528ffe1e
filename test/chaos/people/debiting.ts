/** A customer withdraws a mandate at their bank, and a merchant changes what was announced, just as it is to be collected. */
import type { DeedName } from '../faults/names.ts';
import { type Deed, hit, untilDone } from './deed.ts';

const MORE_MINOR = 5_000;

export const debiting = {
  mandate_withdrawn: async ({ world, buyer, deed, until }) => {
    await until(deed.at_ms);
    const { mandate_id } = buyer;
    if (mandate_id === null) return hit(false);
    const ended = await untilDone(() => world.simulator.control.mandate(mandate_id, 'inactive'));
    return hit(ended !== null);
  },
  debit_changed: async ({ merchant, deed, until }) => {
    await until(deed.at_ms);
    const asked = merchant.asked.filter(({ order }) => order.payer === deed.payer);
    const changes = await Promise.all(
      asked.map((one) => merchant.change(one, one.order.amount_minor + MORE_MINOR)),
    );
    // A refusal is an answer: the debit was faster.
    return hit(changes.some(({ answer }) => answer !== null));
  },
} as const satisfies Partial<Record<DeedName, Deed>>;
