/** Customers who have the same card, which its bank reports lost when one of them is charged (docs/protocol.md, 8.7). */
import { between, chanceOf, pick } from './chance.ts';
import type { Act, Order, Payer } from './plan.ts';

const CARD = 'pm_card_visa_debit';
/** Whose bank answers so; the banks of the others would say yes. */
const SCRIPTS = [['lost_card'], [], []] as const;
const ORDERS_EACH = 3;
const ACTS: readonly (readonly Act[])[] = [['takes_other_card'], ['leaves_other_card'], ['ignores']];

/** They follow the `payers` that the plan has already. */
export function sharedCardOf(plan: {
  readonly run_seed: number;
  readonly index: number;
  readonly backend: string;
  readonly name: string;
  readonly payers: number;
  readonly end_ms: number;
}): { readonly payers: readonly Payer[]; readonly orders: readonly Order[] } {
  const random = chanceOf('shared card', plan.run_seed, plan.index, plan.backend);
  const payers = SCRIPTS.map((script, nth) => ({
    ...{ name: `sharer-${nth}-of-${plan.name}`, card: CARD, script, acts: pick(random, ACTS) },
  }));
  const orders = payers.flatMap((_payer, nth) =>
    Array.from({ length: ORDERS_EACH }, (_, each) => ({
      key: `sharer-${nth}-${each}-of-${plan.name}`,
      payer: plan.payers + nth,
      amount_minor: 9_000 + nth * 10 + each,
      at_ms: between(random, 0, plan.end_ms),
      doubled: false,
      cancel_after_ms: null,
    })),
  );
  return { payers, orders };
}
