/**
 * A slice of the protocol model (`npm run model` runs half a million schedules), and that the model can fail: each
 * safeguard, left out, is missed.
 */
import { randomInt } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { runBatch } from '../../model/batch.ts';
import type { Mutant } from '../../model/mutants.ts';
import type { Profile } from '../../model/people/faults.ts';
import { rareOccasions, violationsText } from '../../model/report.ts';
import { runSchedule } from '../../model/run.ts';

const SLICE = 1_000;
/** A busy machine takes ten times as long as a quiet one. */
const PATIENCE_MS = 120_000;
const SEED_MAX = 2 ** 31;
/** Many times what each was seen to need. */
const SEARCHED_MAX = 5_000;

vi.setConfig({ testTimeout: PATIENCE_MS });

test('no schedule breaks a promise, and in a slice of them every fault strikes and everybody acts', async () => {
  const first_seed = randomInt(SEED_MAX);
  console.info(`protocol model: ${SLICE} schedules from seed ${first_seed}`);

  const tally = await runBatch({ first_seed, schedules: SLICE, without: null, rival: null });

  expect(violationsText(tally)).toBe('');
  expect(tally).toMatchObject({ schedules: SLICE, violating: 0, double: 0, contradicts: 0, unsettled: 0 });
  expect(rareOccasions({ ...tally, schedules: 0 })).toEqual([]);
});

test('a seed repeats its schedule to the last step', async () => {
  const [once, twice]: [string[], string[]] = [[], []];
  await runSchedule(7, { trace: (line) => once.push(line) });
  await runSchedule(7, { trace: (line) => twice.push(line) });

  expect(once.length).toBeGreaterThan(10);
  expect(twice).toEqual(once);
});

describe('the model misses', () => {
  const cases: [Mutant, Profile, string][] = [
    ['asked_again', 'heavy', 'sent_after_withdrawal'],
    ['bind_guard', 'frozen', 'two_confirmed'],
    ['cancel_proof', 'heavy', 'closed_without_proof'],
    ['card_verdict', 'heavy', 'sent_with_closed_card'],
    ['close_request', 'heavy', 'confirm_after_close'],
    ['intake_locks', 'heavy', 'taken_in_after_withdrawal'],
    ['list_first', 'heavy', 'double_charge'],
    ['locked_reads', 'heavy', 'sent_under_kill_switch'],
    ['method_of_day', 'heavy', 'not_method_of_day'],
    ['one_at_a_time', 'heavy', 'woken_at_once'],
    ['open_listed', 'frozen', 'unlisted_after_withdrawal'],
    ['write_ahead', 'heavy', 'not_written_ahead'],
  ];

  test.each(cases)('%s, left out in %s weather: %s', async (without, profile, violation) => {
    const seed = await firstViolation(without, profile, violation);
    console.info(`without ${without}: ${violation} at seed ${seed}`);
    const whole = await runSchedule(seed, { profile });

    expect(whole.violations).toEqual([]);
  });
});

async function firstViolation(without: Mutant, profile: Profile, violation: string): Promise<number> {
  for (let seed = 1; seed <= SEARCHED_MAX; seed += 1) {
    const { violations } = await runSchedule(seed, { without, profile });
    if (violations.some((each) => each.startsWith(`${violation}:`))) return seed;
  }
  throw new Error(`nobody misses ${without}`);
}
