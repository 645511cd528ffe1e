/**
 * What a schedule will do, all drawn from its seed in advance: who is charged, how their cards and banks answer, how
 * they behave, what the merchant cancels, which faults strike and when. A plan is plain data, so that one that found a
 * violation can be kept as a file and replayed.
 */

import type { SchemeType } from '../../src/domain/debit/schemes.ts';
import { between, chanceOf, pick, type Random, seedOf, shuffled } from './chance.ts';
import { debtorsOf } from './debits/debtors.ts';
import { allHave, type EarlierBuild } from './earlier-build.ts';
import {
  AT_ENDPOINT,
  DEEDS,
  type DeedName,
  deedsKnownTo,
  type FaultName,
  faultNames,
} from './faults/names.ts';
import { deedsOf } from './people/planned-deeds.ts';
import { sharedCardOf } from './shared-cards.ts';

export type Backend = 'postgres' | 'redis';

/** What a customer does with a mail, one step for each further mail; the last step repeats. */
export type Act =
  | 'pays'
  | 'presses_twice'
  | 'abandons'
  | 'fails'
  | 'ignores'
  | 'takes_other_card'
  | 'leaves_other_card';

export type Payer = {
  readonly name: string;
  readonly card: string;
  readonly script: readonly string[];
  readonly acts: readonly Act[];
  /** Pays by debits of this scheme; `card` is then Stripe's test token of an account. */
  readonly scheme?: SchemeType;
};

export type Order = {
  readonly key: string;
  /** Index of the payer. */
  readonly payer: number;
  readonly amount_minor: number;
  /** `eur` where none is named. */
  readonly currency?: string;
  readonly at_ms: number;
  /** The merchant's program sends it twice at once, as impatient programs do. */
  readonly doubled: boolean;
  /** Counted from the acceptance of the charge; null: never. */
  readonly cancel_after_ms: number | null;
};

export type PlannedFault = { readonly kind: FaultName; readonly at_ms: number; readonly seed: number };

/** What a person does, and the charges that it is done to. */
export type PlannedDeed = {
  readonly kind: DeedName;
  readonly at_ms: number;
  readonly seed: number;
  /** Index of the payer that it concerns. */
  readonly payer: number;
  readonly orders: readonly Order[];
  /** A consent is revoked with `move`: what follows its customer goes on with another card. */
  readonly moves: boolean;
};

export type Plan = {
  /** `<run seed>.<index>` names it. */
  readonly name: string;
  readonly backend: Backend;
  readonly payers: readonly Payer[];
  readonly orders: readonly Order[];
  /** Debits that were announced days before, and fall due at `at_ms`. */
  readonly announced?: readonly Order[];
  readonly faults: readonly PlannedFault[];
  readonly deeds: readonly PlannedDeed[];
};

const FAULTS = 5;
const FAULTS_AT_ENDPOINT = 2;
const FIRST_FAULT_MS = 500;
const FAULT_EVERY_MS = 900;
const JITTER_MS = 250;
/** Charges that come just before a fault, so that it finds work under way; and some at any time. */
const ORDERS_BY_FAULT = 7;
const ORDERS_AT_LARGE = 8;
const LEAD_MS = 200;
const LAG_MS = 120;
/** Charges a while after it, for a fault that was too late for the first ones. */
const STRAGGLERS_MS = [700, 1_700] as const;
/** A fault of the mail server needs mails: this many payers are asked back just then. */
const MAILED_BY_SMTP_FAULT = 2;
const CANCELED = 0.08;
const DOUBLED = 0.06;

type Kind = Pick<Payer, 'card' | 'script'> & {
  readonly payers: number;
  readonly acts: 'none' | 'bank' | 'card';
};

/** The bank asks for the customer, every time. */
const ASKED = 'pm_card_authenticationRequired';

/** How many payers of each kind; payers whose card simply works pay several charges each. */
const KINDS: readonly Kind[] = [
  { payers: 8, card: 'pm_card_visa', script: [], acts: 'none' },
  { payers: 2, card: 'pm_card_visa', script: ['insufficient_funds', 'succeed'], acts: 'none' },
  { payers: 1, card: 'pm_card_visa', script: ['processing_error', 'succeed'], acts: 'none' },
  { payers: 1, card: 'pm_card_visa', script: ['processing'], acts: 'none' },
  { payers: 6, card: ASKED, script: [], acts: 'bank' },
  { payers: 1, card: 'pm_card_visa', script: ['authentication_required', 'succeed'], acts: 'bank' },
  { payers: 2, card: 'pm_card_visa', script: ['expired_card'], acts: 'card' },
  { payers: 1, card: 'pm_card_visa', script: ['fraudulent'], acts: 'none' },
];

const AT_BANK: readonly (readonly Act[])[] = [
  ['pays'],
  ['presses_twice'],
  ['abandons', 'pays'],
  ['fails', 'pays'],
  ['abandons', 'ignores'],
  ['ignores'],
  ['takes_other_card'],
];
const AT_CHECKOUT: readonly (readonly Act[])[] = [
  ['takes_other_card'],
  ['leaves_other_card'],
  ['ignores', 'takes_other_card'],
  ['ignores'],
];

/** The plan of the run's schedule with this number. */
export function planOf(
  run_seed: number,
  index: number,
  backend: Backend,
  beside: Pick<EarlierBuild, 'migrations'> | null = null,
): Plan {
  const random = chanceOf('plan', run_seed, index, backend);
  const name = `${run_seed}.${index}`;
  const drawn = faultsOf(run_seed, index, backend, random);
  const faults = beside === null ? drawn : [...drawn, ...deploymentsOf(run_seed, index, backend)];
  const mailed = faults.filter(isOfMail).length * MAILED_BY_SMTP_FAULT;
  const payers = payersOf(random, name, mailed);
  const orders = ordersOf(random, name, payers, faults);
  // Drawn last, and of another seed: what was planned before there were deeds stays as it was.
  const { deeds, payers: more } = deedsOf({
    run_seed,
    index,
    backend,
    name,
    faults,
    payers: payers.length,
    kinds: beside === null ? DEEDS : deedsKnownTo(beside.migrations),
  });
  const known = [...payers, ...more];
  const end_ms = FIRST_FAULT_MS + FAULTS * FAULT_EVERY_MS;
  const all = allHave('endpoints', beside)
    ? [...faults, ...endpointFaultsOf(run_seed, index, backend, end_ms)]
    : faults;
  if (!allHave('card_verdicts', beside)) return { name, backend, payers: known, orders, faults: all, deeds };
  const shared = sharedCardOf({ run_seed, index, backend, name, payers: known.length, end_ms });
  const cards = { payers: [...known, ...shared.payers], orders: [...orders, ...shared.orders] };
  if (!allHave('debits', beside)) return { ...{ name, backend, faults: all, deeds }, ...cards };
  const debts = debtorsOf({ run_seed, index, backend, name, payers: cards.payers.length, end_ms });
  return {
    ...{ name, backend, faults: all },
    deeds: [...deeds, ...debts.deeds],
    payers: [...cards.payers, ...debts.payers],
    orders: [...cards.orders, ...debts.orders],
    announced: debts.announced,
  };
}

/**
 * Deals the faults from a shuffled deck of all kinds, and shuffles a new deck when it is used up: so every kind comes,
 * even in few schedules.
 */
function faultsOf(run_seed: number, index: number, backend: Backend, random: Random): PlannedFault[] {
  const names = faultNames(backend);
  return Array.from({ length: FAULTS }, (_, nth) => {
    const dealt = index * FAULTS + nth;
    const deck = shuffled(chanceOf('deck', run_seed, backend, Math.floor(dealt / names.length)), names);
    const at_ms = FIRST_FAULT_MS + nth * FAULT_EVERY_MS + between(random, -JITTER_MS, JITTER_MS);
    return { kind: deck[dealt % names.length] as FaultName, at_ms, seed: seedOf(run_seed, backend, dealt) };
  });
}

/** Beside an earlier build, each schedule has the moments at which one build follows the other. */
function deploymentsOf(run_seed: number, index: number, backend: Backend): PlannedFault[] {
  const random = chanceOf('deployments', run_seed, index, backend);
  const end_ms = FIRST_FAULT_MS + FAULTS * FAULT_EVERY_MS;
  return (['workers_deployed', 'api_deployed'] as const).map((kind) => ({
    kind,
    at_ms: between(random, FIRST_FAULT_MS, end_ms),
    seed: seedOf(kind, run_seed, backend, index),
  }));
}

/** Dealt like the others, from a deck of their own. */
function endpointFaultsOf(run_seed: number, index: number, backend: Backend, end_ms: number): PlannedFault[] {
  const random = chanceOf('endpoint', run_seed, index, backend);
  return Array.from({ length: FAULTS_AT_ENDPOINT }, (_, nth) => {
    const dealt = index * FAULTS_AT_ENDPOINT + nth;
    const round = Math.floor(dealt / AT_ENDPOINT.length);
    const deck = shuffled(chanceOf('endpoint-deck', run_seed, backend, round), AT_ENDPOINT);
    return {
      kind: deck[dealt % AT_ENDPOINT.length] as FaultName,
      at_ms: between(random, FIRST_FAULT_MS, end_ms),
      seed: seedOf('endpoint', run_seed, backend, dealt),
    };
  });
}

const isOfMail = ({ kind }: PlannedFault): boolean => kind.startsWith('smtp_');

/** The last payers are there to receive mails. */
function payersOf(random: Random, name: string, mailed: number): Payer[] {
  const kinds = [...KINDS, { payers: mailed, card: ASKED, script: [], acts: 'bank' } satisfies Kind];
  return kinds
    .flatMap((kind) =>
      Array.from({ length: kind.payers }, () => ({
        card: kind.card,
        script: kind.script,
        acts: kind.acts === 'none' ? [] : pick(random, kind.acts === 'bank' ? AT_BANK : AT_CHECKOUT),
      })),
    )
    .map((payer, index) => ({ name: `payer-${index}-of-${name}`, ...payer }));
}

function ordersOf(
  random: Random,
  name: string,
  payers: readonly Payer[],
  faults: readonly PlannedFault[],
): Order[] {
  const end_ms = FIRST_FAULT_MS + FAULTS * FAULT_EVERY_MS;
  const mailings = faults.filter(isOfMail).flatMap(({ at_ms }) => [at_ms, at_ms + LAG_MS]);
  const times = [
    ...faults.flatMap(({ at_ms }) =>
      Array.from({ length: ORDERS_BY_FAULT }, () => Math.max(0, at_ms + between(random, -LEAD_MS, LAG_MS))),
    ),
    ...faults.flatMap(({ at_ms }) => STRAGGLERS_MS.map((later_ms) => at_ms + later_ms)),
    ...Array.from({ length: ORDERS_AT_LARGE }, () => between(random, 0, end_ms)),
  ];
  const firstMailed = payers.length - mailings.length;
  const indexes = payers.slice(0, firstMailed).map((_payer, index) => index);
  const simple = indexes.filter((index) => isSimple(payers[index]));
  const special = indexes.filter((index) => !isSimple(payers[index]));
  const paying = shuffled(random, [
    ...special,
    ...Array.from({ length: times.length - special.length }, () => pick(random, simple)),
  ]);
  const all = [
    ...times.map((at_ms, index) => ({ at_ms, payer: paying[index] as number })),
    ...mailings.map((at_ms, index) => ({ at_ms, payer: firstMailed + index })),
  ];
  return all.map((one, index) => ({
    ...one,
    key: `order-${index}-of-${name}`,
    amount_minor: 100 + index * 10 + random.below(10),
    doubled: random.chance(DOUBLED),
    cancel_after_ms: random.chance(CANCELED) ? between(random, 0, 1_500) : null,
  }));
}

const isSimple = (payer: Payer | undefined): boolean => payer?.script.length === 0 && payer.acts.length === 0;
