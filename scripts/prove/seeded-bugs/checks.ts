/** Checks by the project that runs them. */
import type { Check } from '../mutations/mutation.ts';

/** A test on nothing but our own functions, `test/unit/<path>.test.ts`. */
export function unit(path: string, test: string): Check {
  return { project: 'unit', file: `test/unit/${path}.test.ts`, test };
}

/** A test on real services, `test/integration/<topic>.test.ts`. */
export function integration(topic: string, test: string): Check {
  return { project: 'integration-postgres', file: `test/integration/${topic}.test.ts`, test };
}
