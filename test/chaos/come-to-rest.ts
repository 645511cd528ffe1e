/** From the last fault to the verdict's evidence: all comes to its end, and an operator ends what waits for a person. */
import type { Customers } from './customers.ts';
import type { Evidence } from './evidence.ts';
import { gatherEvidence } from './gather-evidence.ts';
import type { Merchant } from './merchant.ts';
import { operatorOf } from './people/operator.ts';
import { type Rest, untilQuiet } from './quiescence.ts';
import type { World } from './world.ts';

const READINGS_MAX = 3;
/** As often as somebody looks whether what was typed has ended it. */
const OPERATED_MAX = 8;

/**
 * Gathers the evidence of a world at rest. The sweep of Stripe's events finds undelivered events whenever it runs,
 * even between the last look and the reading: such an event then gets as much time as all others had.
 */
export async function comeToRest(
  world: World,
  merchant: Merchant,
  customers: Customers,
): Promise<{ rest: Rest; evidence: Evidence }> {
  const operator = await operatorOf(world, merchant);
  try {
    for (let reading = 1; ; reading += 1) {
      let rest = await untilQuiet(world, customers);
      for (let round = 1; round <= OPERATED_MAX && (await operator.play()); round += 1) {
        const again = await untilQuiet(world, customers);
        rest = { ...again, rounds: rest.rounds + again.rounds, days: rest.days + again.days };
      }
      const evidence = await gatherEvidence(world, merchant, operator);
      const isOver = evidence.inbox.every(({ state }) => state !== 'received');
      if (!isOver && rest.is_quiet && reading < READINGS_MAX) continue;
      customers.stop();
      return { rest, evidence };
    }
  } finally {
    operator.close();
  }
}
