/**
 * Which deeds a schedule has, dealt like its faults from a shuffled deck, so that every kind comes even in few schedules.
 * Each has a payer of its own and happens close to a fault: permission is withdrawn beside confirms that get no answer.
 */
import { between, chanceOf, pick, type Random, seedOf, shuffled } from '../chance.ts';
import type { DEEDS } from '../faults/names.ts';
import type { Backend, Order, Payer, PlannedDeed, PlannedFault } from '../plan.ts';

export type DeedPart = { readonly deeds: readonly PlannedDeed[]; readonly payers: readonly Payer[] };

const DEEDS_BY_SCHEDULE = 3;
const FROM_FAULT_MS = 250;
const AMOUNT_MINOR = 50_000;

type Card = Pick<Payer, 'card' | 'script' | 'acts'>;

const SIMPLE: Card = { card: 'pm_card_visa', script: [], acts: [] };
const DECLINED: Card = { card: 'pm_card_visa', script: ['insufficient_funds', 'succeed'], acts: [] };
const DEAD: Card = {
  card: 'pm_card_visa',
  script: ['expired_card', 'expired_card', 'expired_card'],
  acts: ['ignores'],
};
const SLOW: Card = { card: 'pm_card_authenticationRequired', script: [], acts: ['pays'] };
const ABSENT: Card = { card: 'pm_card_authenticationRequired', script: [], acts: ['ignores'] };

type Kind = {
  readonly cards: readonly Card[];
  /** When its charges are asked for, from the deed's time; each of them with some jitter. */
  readonly orders_ms: readonly number[];
};

/** Two charges on one consent under way, and more that are asked for just as it ends and after. */
const WITHDRAWN: Kind = { cards: [SIMPLE, SIMPLE, DECLINED, SLOW], orders_ms: [-350, -150, 0, 60, 400] };

/** Charges that the first confirm does not pay, so that there is time to do something to them. */
const UNPAID: Kind = { cards: [DECLINED, SLOW, ABSENT], orders_ms: [-400, -150] };

const KINDS: Readonly<Record<(typeof DEEDS)[number], Kind>> = {
  consent_revoked: WITHDRAWN,
  customer_stopped: WITHDRAWN,
  method_detached: WITHDRAWN,
  charges_canceled: { cards: [SIMPLE, SIMPLE, DECLINED, ABSENT], orders_ms: [-350, -150, 0] },
  card_set_up: { cards: [SIMPLE], orders_ms: [300, 600] },
  method_adopted: { cards: [SIMPLE, SLOW], orders_ms: [100, 300] },
  dashboard_canceled: UNPAID,
  dashboard_refunded: { cards: [SIMPLE], orders_ms: [-500, -250] },
  dashboard_amount_changed: UNPAID,
  dashboard_customer_deleted: { ...UNPAID, orders_ms: [-500, -200, 300] },
  dashboard_method_detached: { ...UNPAID, orders_ms: [-500, -200, 300] },
  foreign_payment: { cards: [SIMPLE, SIMPLE, ABSENT], orders_ms: [-500, -250] },
  foreign_hold: { cards: [SIMPLE, SIMPLE, ABSENT], orders_ms: [-500, -250] },
  commits_lost: { cards: [SIMPLE, DECLINED, SLOW], orders_ms: [-300, 100, 300, 500, 700, 900] },
  charging_switched_off: { cards: [SIMPLE, DECLINED], orders_ms: [-250, -100, 50, 200] },
  charge_refunded: { cards: [SIMPLE, DECLINED], orders_ms: [-500, -250] },
  dashboard_disputed: { cards: [SIMPLE], orders_ms: [-600, -300] },
  dashboard_fraud_warned: { cards: [SIMPLE], orders_ms: [-600, -300] },
  default_changed: { cards: [SIMPLE, DECLINED, DECLINED, DEAD], orders_ms: [-350, -150, 0, 60, 300] },
};
const JITTER_MS = 60;
const MOVES = 0.5;

/** Deals the schedule's deeds; their payers follow the `payers` that the plan has already. */
export function deedsOf(plan: {
  readonly run_seed: number;
  readonly index: number;
  readonly backend: Backend;
  readonly name: string;
  readonly faults: readonly PlannedFault[];
  readonly payers: number;
  /** What they are dealt from. */
  readonly kinds: readonly (typeof DEEDS)[number][];
}): DeedPart {
  const { run_seed, index, backend, name, faults, kinds } = plan;
  const random = chanceOf('deeds', run_seed, index, backend);
  const beside = shuffled(random, faults);
  const end_ms = Math.max(0, ...faults.map((fault) => fault.at_ms)) + FROM_FAULT_MS;
  const dealt = Array.from({ length: DEEDS_BY_SCHEDULE }, (_, nth) => {
    const at = index * DEEDS_BY_SCHEDULE + nth;
    const deck = shuffled(chanceOf('deed-deck', run_seed, backend, Math.floor(at / kinds.length)), kinds);
    const kind = deck[at % kinds.length] as (typeof DEEDS)[number];
    const fault_ms = beside[nth % beside.length]?.at_ms ?? 0;
    const near_ms = Math.max(0, fault_ms + between(random, -FROM_FAULT_MS, FROM_FAULT_MS));
    // Charging is off afterwards: what the others need has come by then.
    const at_ms = kind === 'commits_lost' ? end_ms : near_ms;
    const { card, script, acts } = pick(random, KINDS[kind].cards);
    return {
      payer: { name: `payer-of-deed-${nth}-of-${name}`, card, script, acts },
      deed: {
        kind,
        at_ms,
        seed: seedOf('deed', run_seed, backend, at),
        payer: plan.payers + nth,
        moves: kind === 'consent_revoked' && chanceOf('moves', run_seed, backend, at).chance(MOVES),
        orders: ordersOf(random, KINDS[kind], { name: `${nth}-of-${name}`, at_ms, payer: plan.payers + nth }),
      },
    };
  });
  return { deeds: dealt.map(({ deed }) => deed), payers: dealt.map(({ payer }) => payer) };
}

function ordersOf(
  random: Random,
  { orders_ms }: Kind,
  deed: { readonly name: string; readonly at_ms: number; readonly payer: number },
): Order[] {
  return orders_ms.map((from_ms, index) => ({
    key: `order-${index}-of-deed-${deed.name}`,
    payer: deed.payer,
    amount_minor: AMOUNT_MINOR + index * 10 + random.below(10),
    at_ms: Math.max(0, deed.at_ms + from_ms + between(random, -JITTER_MS, JITTER_MS)),
    doubled: false,
    cancel_after_ms: null,
  }));
}
