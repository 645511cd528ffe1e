/** What depends on the seed alone: time, processes, and the faults that strike them. */

import { createScheduler, type Scheduler } from '../scheduler.ts';
import type { Fault, Faults } from './faults.ts';
import { type Random, randomOf } from './random.ts';

export type Chance = {
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** How often each fault struck and each actor acted. */
  readonly counts: Map<string, number>;
  readonly violations: string[];
  strikes(fault: Fault): boolean;
  count(name: string): void;
  /** Null without a listener: naming every step costs more than taking it. */
  readonly trace: ((what: string) => void) | null;
  violate(name: string, what: string): void;
};

export type ChanceOptions = {
  readonly seed: number;
  readonly faults: Faults;
  /** From here on nothing goes wrong any more. */
  readonly calm_at_ms: number;
  readonly trace: ((line: string) => void) | null;
};

const DAY_MS = 86_400_000;

/** Everything at time zero of a seed. */
export function createChance(options: ChanceOptions): Chance {
  const random = randomOf(options.seed);
  const counts = new Map<string, number>();
  const violations: string[] = [];
  const { trace: listen } = options;
  const trace = listen === null ? null : (what: string) => listen(`${clock(scheduler.now_ms())} ${what}`);
  const count = (name: string) => void counts.set(name, (counts.get(name) ?? 0) + 1);
  const violate = (name: string, what: string) => {
    trace?.(`VIOLATION ${name} ${what}`);
    violations.push(`${name}: ${what}`);
  };
  const scheduler = createScheduler((process, error) => {
    trace?.(`${process.name} ends in ${String(error)}`);
    if (isDefect(error)) violate('exception', `${process.name} ${String(error)}`);
  });
  const strikes = (fault: Fault) => {
    if (scheduler.now_ms() >= options.calm_at_ms || !random.chance(options.faults[fault])) return false;
    count(fault);
    trace?.(`fault ${fault}`);
    return true;
  };
  return { scheduler, random, counts, violations, strikes, count, trace, violate };
}

/** A failed assertion or an error of the language; an outage, a broken connection or a lost lease is no defect. */
function isDefect(error: unknown): boolean {
  if (error instanceof Error && error.name === 'AbortError') return false;
  const code = (error as { readonly code?: unknown }).code;
  return typeof code !== 'string' || code.startsWith('invariant_') || code === 'settle_contended';
}

function clock(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  return `${days}d ${new Date(ms % DAY_MS).toISOString().slice(11, 23)}`;
}
