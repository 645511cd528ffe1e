import { isTerminal } from '../../../src/domain/machines.ts';
import { CHARGE, type World } from '../world.ts';

/** Whether a charge is there and has not ended. */
export function isOpen({ tables }: World, id: string = CHARGE): boolean {
  const charge = tables.rows.charge.get(id);
  return charge !== undefined && !isTerminal('charge', charge.state as 'queued');
}
