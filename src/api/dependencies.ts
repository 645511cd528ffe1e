import type { Dependencies } from '../billing/dependencies.ts';
import type { Config } from '../platform/config.ts';
import type { Changes } from '../store/work/changes.ts';

/** What the API is given beside what every use case is. */
export type AppDependencies = Dependencies & {
  readonly config: Config;
  readonly changes: Changes;
  /** Whether the queue can take a job now. */
  readonly queueReady: () => Promise<boolean>;
};
