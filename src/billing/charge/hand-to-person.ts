import { type ChargePark, parkCharge } from '../../store/charge/settle-charges.ts';
import type { Dependencies } from '../dependencies.ts';

/** Parks a charge with the break that says why; counted and logged, because a person has to look. */
export async function handToPerson(
  deps: Pick<Dependencies, 'sql' | 'metrics' | 'log'>,
  park: ChargePark,
): Promise<void> {
  await parkCharge(deps.sql, park);
  deps.metrics.breaksTotal.inc({ kind: park.kind });
  deps.log.error({ event: 'charge.parked', chargeId: park.charge_id, code: park.kind });
}
