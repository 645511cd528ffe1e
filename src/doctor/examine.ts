/** `npm run doctor` and `GET /readyz?deep=1`: whether this deployment can do its work, and the way out where it cannot. */
import { type Check, type Finding, makeChecks } from './check.ts';
import { databaseChecks } from './database-checks.ts';
import { mailChecks } from './mail-checks.ts';
import { openPatient, type Patient, type Surroundings } from './patient.ts';
import { postgresQueueChecks, redisChecks } from './queue-checks.ts';
import type { Settings } from './settings.ts';
import { settingsChecks } from './settings-checks.ts';
import { stripeChecks } from './stripe-checks.ts';

export type Report = {
  /** Every check was made and holds. */
  readonly ok: boolean;
  readonly checks: readonly Finding[];
};

/**
 * Makes every check, side by side and each within its deadline. Nothing is written but refused requests to Stripe, after objects
 * that nobody has; and no answer holds a secret or an address.
 */
export async function examine(settings: Settings, machine?: Surroundings): Promise<Report> {
  if (settings.config === null) {
    const wrong: Finding = { check: 'settings', state: 'wrong', problems: settings.problems };
    const checks = tableFor(null).map(({ name }) => name);
    return { ok: false, checks: [wrong, ...checks.map((check): Finding => skipped(check))] };
  }
  const { config } = settings;
  const patient = openPatient(config, machine);
  try {
    const made = await makeChecks(tableFor(config.redisUrl), patient);
    const checks: Finding[] = [{ check: 'settings', state: 'ok' }, ...made];
    return { ok: checks.every(({ state }) => state === 'ok'), checks };
  } finally {
    await patient.close();
  }
}

function tableFor(redisUrl: string | null): readonly Check<Patient>[] {
  const queue = redisUrl === null ? postgresQueueChecks : redisChecks;
  return [...settingsChecks, ...databaseChecks, ...queue, ...stripeChecks, ...mailChecks];
}

function skipped(check: string): Finding {
  return { check, state: 'skipped', after: ['settings'] };
}
