import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Timings } from '../platform/timings.ts';
import type { ChargeStatements } from '../store/charge/charge-statements.ts';
import type { DeliveryStatements } from '../store/notify/deliveries.ts';
import type { Sql } from '../store/postgres/database.ts';
import type { NewestWrite } from '../store/work/newest-write.ts';
import type { Kind } from '../store/work/obligations.ts';
import type { StripeClient } from '../stripe/client.ts';
import type { NotifyPorts } from './notify-ports.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import type { Leases } from './work/lease.ts';
import type { Pacer } from './work/pace.ts';

/** Who this deployment is: the id in Stripe's metadata, the key ids derive from, and its Stripe mode. */
export type Instance = {
  readonly id: string;
  readonly deriveKey: Buffer;
  readonly livemode: boolean;
};

/** What every use case receives. Made once per process by `compose`. */
export type Dependencies = {
  readonly sql: Sql;
  /** Gathered with other jobs' statements. */
  readonly charges: ChargeStatements;
  /** For a waiting person: not gathered with other statements. */
  readonly chargesNow: ChargeStatements;
  readonly stripe: StripeClient;
  readonly instance: Instance;
  readonly timings: Timings;
  readonly leases: Leases;
  /** What this process would miss first if Postgres lost its last commits. */
  readonly newest: NewestWrite;
  readonly pacer: Pacer;
  /** What billing needs of the recovery folder: links and mails. */
  readonly recovery: RecoveryPorts;
  /** Gathered with other jobs' statements. */
  readonly deliveries: DeliveryStatements;
  /** What billing needs of the outside to tell merchants. */
  readonly notify: NotifyPorts;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Puts due rows on the queue. Never throws: the dispatcher offers what this call lost. */
  readonly offer: (kind: Kind, ids: readonly string[]) => Promise<void>;
};
