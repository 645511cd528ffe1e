/**
 * How a charge's life goes on whatever is struck on its way: whoever finds a row due advances it, a caller who got no
 * answer asks again, time passes. One process, driven from outside; `crash-lives.ts` has the lives.
 */
import { advance } from '../../../src/billing/advance.ts';
import { isAppError } from '../../../src/platform/errors.ts';
import { failureKind, type Sql } from '../../../src/store/postgres/database.ts';
import { moveClock } from '../../../src/store/work/clock-moves.ts';
import { type Kind, obligationTables } from '../../../src/store/work/obligations.ts';
import type { SavedCustomer } from '../../harness/world.ts';
import type { RecoveryWorld } from '../recovery/recovery-world.ts';

/** `admin` sees the database past whatever strikes. */
export type Stage = { readonly world: RecoveryWorld; readonly admin: Sql };
export type Subject = { readonly charge: string; readonly customer: SavedCustomer };
const ROUNDS_MAX = 30;
/** Doubled each time, from two seconds to half an hour: within reach of every back-off, far from the next mail. */
const WAITS_MAX = 10;

/** The rows that hang on a charge, by kind, in the order in which they are worked on. */
const OF_CHARGE: readonly (readonly [Kind, string])[] = [
  ['inbox_event', '$1::text is not null'],
  ['charge', 'id = $1'],
  ['recovery', 'charge_id = $1'],
  ['message', 'recovery_id in (select id from recoveries where charge_id = $1)'],
  ['setup', 'recovery_id in (select id from recoveries where charge_id = $1)'],
  ['payment_method', 'customer_id = (select customer_id from charges where id = $1)'],
];
const DUE = OF_CHARGE.map(
  ([kind, condition]) => `
    select '${kind}' as kind, id, lease_until > clock_timestamp() as leased
    from ${obligationTables[kind]}
    where (due_at <= dc_now() or lease_until > clock_timestamp()) and ${condition}`,
).join(' union all ');

/** An outage is what anybody here may run into and may not pass on as anything else. */
function isOutage(error: unknown): boolean {
  return failureKind(error) !== 'other' || isAppError(error, 'failpoint_thrown');
}

/** Does it, and again as often as an outage comes between: a caller with the same key, a customer. */
export async function insist<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      if (!isOutage(error) || tries >= 5) throw error;
    }
  }
}

/** Workers: everything of this charge that is due is advanced, until nothing is. */
async function settle({ world, admin }: Stage, { charge }: Subject): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const due = await admin.unsafe<{ kind: Kind; id: string; leased: boolean | null }[]>(DUE, [charge]);
    if (due.length === 0) return;
    // Nobody is at work between two rounds: a lease that is left is of a worker that failed, and runs out.
    for (const { kind, id, leased } of due) {
      if (leased !== true) continue;
      await admin`update ${admin(obligationTables[kind])} set lease_until = clock_timestamp() where id = ${id}`;
    }
    for (const [kind] of OF_CHARGE) {
      const ids = due.filter((row) => row.kind === kind).map((row) => row.id);
      if (ids.length === 0) continue;
      await advance(world.deps, kind, ids).catch((error: unknown) => {
        if (!isOutage(error)) throw error;
      });
    }
  }
  throw new Error('the charge does not come to rest');
}

/** Lets workers, webhooks and time go on until it is so. */
export async function until(
  stage: Stage,
  subject: Subject,
  what: string,
  isSo: () => Promise<boolean>,
): Promise<void> {
  const { world, admin } = stage;
  for (let waits = 0; waits < WAITS_MAX; waits += 1) {
    await world.simulator.control.deliveries();
    await settle(stage, subject);
    if (await isSo()) return;
    const seconds = 2 ** (waits + 1);
    await moveClock(admin, seconds * 1_000);
    await world.simulator.control.clock({ advance: seconds });
  }
  const [row] = await admin`select state, detail, due_at, tries from charges where id = ${subject.charge}`;
  throw new Error(`never came: ${what}; the charge is ${JSON.stringify(row)}`);
}
