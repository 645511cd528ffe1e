/**
 * One table of checks, for the command and the route alike. A check says what is wrong, which setting it is, and the way out. A
 * check whose ground has failed is not made: a database that is away is not also behind, so nothing else is blamed.
 */
import { isAppError } from '../platform/errors.ts';
import { within } from '../platform/within.ts';

export type Problem = {
  /** The setting to look at. */
  readonly setting: string;
  /** A sentence of ours, with names and codes and never a value. */
  readonly wrong: string;
  readonly way_out: string;
};

export type Check<Patient> = {
  readonly name: string;
  /** What is blamed when no answer comes. */
  readonly setting: string;
  /** Checks that must hold before this one is made. */
  readonly after: readonly string[];
  /** Everything that is wrong; empty where it holds. */
  readonly look: (patient: Patient) => Promise<readonly Problem[]> | readonly Problem[];
};

/** - `skipped`: not made, because one of `after` did not hold. */
export type Finding =
  | { readonly check: string; readonly state: 'ok' }
  | { readonly check: string; readonly state: 'wrong'; readonly problems: readonly Problem[] }
  | { readonly check: string; readonly state: 'skipped'; readonly after: readonly string[] };

/** Longer than any single deadline below it. */
const CHECK_MS = 15_000;

/** Makes the checks of a table, each as soon as what it rests on is known; findings in the table's order. */
export async function makeChecks<Patient>(
  table: readonly Check<Patient>[],
  patient: Patient,
): Promise<Finding[]> {
  const findings = new Map<string, Promise<Finding>>();
  for (const check of table) findings.set(check.name, find(check, patient, findings));
  return Promise.all(findings.values());
}

async function find<Patient>(
  { name, setting, after, look }: Check<Patient>,
  patient: Patient,
  findings: ReadonlyMap<string, Promise<Finding>>,
): Promise<Finding> {
  const grounds = await Promise.all(after.map((ground) => findings.get(ground)));
  const failed = after.filter((_, index) => grounds[index] !== undefined && grounds[index].state !== 'ok');
  if (failed.length > 0) return { check: name, state: 'skipped', after: failed };
  const late = () => [unasked(setting, 'deadline')];
  const problems = await within(CHECK_MS, Promise.resolve(patient).then(look), late).catch((error) => [
    unasked(setting, codeOf(error)),
  ]);
  return problems.length === 0 ? { check: name, state: 'ok' } : { check: name, state: 'wrong', problems };
}

function unasked(setting: string, code: string): Problem {
  return { setting, wrong: `could not be asked (${code})`, way_out: 'Run the doctor again.' };
}

/** A code of ours, of the network or of Postgres: what an error says beside it may hold an address. */
export function codeOf(error: unknown): string {
  if (isAppError(error)) return error.code;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^\w{1,40}$/.test(code) ? code : 'unknown';
}
