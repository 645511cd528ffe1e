import type { Dependencies } from '../billing/dependencies.ts';
import type { Config } from '../platform/config.ts';
import type { Tables } from '../store/postgres/tables.ts';
import type { Changes } from '../store/work/changes.ts';

/** What the API is given beside what every use case is. */
export type AppDependencies = Dependencies & {
  /** For lists, and for rows that are only shown. */
  readonly tables: Tables;
  readonly config: Config;
  readonly changes: Changes;
  /** Whether the queue can take a job now. */
  readonly queueReady: () => Promise<boolean>;
};
