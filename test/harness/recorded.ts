import { inject } from 'vitest';
import type { SimulatorOptions } from '../../simulator/index.ts';
import { RECORDED_IN, type RecordedYear } from '../../simulator/recorded.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    recordedYear: RecordedYear;
  }
}

/** The simulator's options of the year whose recordings this run is about: vitest.config.ts names it. */
export function recordedOptions(): SimulatorOptions {
  return RECORDED_IN[inject('recordedYear')];
}
