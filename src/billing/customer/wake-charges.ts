import { decideWaking } from '../../domain/charge/waking.ts';
import { unreachable } from '../../platform/errors.ts';
import { listWaiting, type WakingStep, writeWaking } from '../../store/customer/waking.ts';
import type { Rows } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Lease } from '../work/lease.ts';
import { done, type Outcome, rest, wait } from '../work/outcome.ts';

/** A charge that was just woken is read again so soon: the next waits for its end. */
const LOOK_MS = 5_000;
/** Its outcome is unknown, which may last for hours. */
const UNKNOWN_LOOK_MS = 60_000;

/**
 * Tries a customer's waiting charges anew, one after the other (docs/protocol.md, 8.4). The charge itself then takes
 * its method as ever; here it only becomes due, for the dispatcher to offer it behind what people wait for.
 */
export async function wakeCharges(
  deps: Dependencies,
  row: Rows['customer'],
  lease: Lease,
): Promise<Outcome<'customer'>> {
  const [method_id, ...others] = row.waking;
  if (method_id === undefined) return rest(row, 'nothing_owed');
  const woken = row.waking_charge_id === null ? null : await deps.charges.read(row.waking_charge_id);
  const ids = await listWaiting(deps.sql, row.id);
  const waiting = await Promise.all(ids.map((id) => deps.charges.read(id)));
  const decision = decideWaking(
    method_id,
    woken,
    waiting.filter((context) => context !== null),
    deps.timings,
  );
  const { revision } = row;
  switch (decision.do) {
    case 'wait':
      return wait(row, woken?.charge.state === 'unknown' ? UNKNOWN_LOOK_MS : LOOK_MS, 'waking');
    case 'wake':
      return write(deps, lease, { revision, waking: row.waking, wake: decision.charge, due_in_ms: LOOK_MS });
    case 'end': {
      const due_in_ms = others.length === 0 ? null : 0;
      return write(deps, lease, { revision, waking: others, wake: null, due_in_ms });
    }
    default:
      return unreachable(decision);
  }
}

async function write(deps: Dependencies, lease: Lease, step: WakingStep): Promise<Outcome<'customer'>> {
  await writeWaking(deps.sql, lease, step);
  return done;
}
