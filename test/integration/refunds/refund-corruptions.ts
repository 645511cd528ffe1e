/** Corruptions of refunds, for the rules by which `reconcile` compares them. */
import type postgres from 'postgres';
import { bringRefundOf } from '../../../src/billing/refund/bring-refund.ts';
import { projectRefund } from '../../../src/stripe/refunds/project-refund.ts';
import type { World } from '../../harness/world.ts';
import { paid } from '../janitor/reconcile-charges.ts';

export function ofRefunds(world: World, sql: postgres.Sql) {
  const back = async (charge: string) => {
    const { stripe_payment_intent_id: payment_intent } = (await world.read(charge)).charge;
    return world.sdk.refunds.create({ payment_intent: String(payment_intent), amount: 100 });
  };
  return {
    refund_without_row: async () => {
      const charge = await paid(world);
      await back(charge);
      return { charge };
    },
    refund_here_only: async () => {
      const charge = await paid(world);
      await sql`
        with made as (
          insert into refunds (id, state, charge_id, amount_minor, currency, origin, stripe_refund_id, settled_at, cause)
          values ('rfd_forged', 'succeeded', ${charge}, 100, 'eur', 'stripe', 're_forged', dc_now(), 'forged')
          returning id
        )
        insert into transitions (entity, entity_id, from_state, to_state, version, cause)
        select 'refund', id, null, 'succeeded', 1, 'forged' from made`;
      return { charge };
    },
    refund_differs: async () => {
      const charge = await paid(world);
      const snapshot = projectRefund(await back(charge));
      if (snapshot === null) throw new Error('Stripe shows its refund');
      const by = { cause: 'forged', cause_reference: null };
      await bringRefundOf(world.deps, charge, { ...snapshot, status: 'failed' }, by);
      return { charge };
    },
  };
}
