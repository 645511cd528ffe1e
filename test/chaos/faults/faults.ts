import { databaseFaults } from './database-faults.ts';
import { endpointFaults } from './endpoint-faults.ts';
import type { Fault } from './fault.ts';
import type { FaultName } from './names.ts';
import { postFaults } from './post-faults.ts';
import { processFaults } from './process-faults.ts';
import { queueFaults } from './queue-faults.ts';
import { stripeFaults } from './stripe-faults.ts';

/** How each kind of fault strikes. */
export const faults: Readonly<Record<FaultName, Fault>> = {
  ...processFaults,
  ...databaseFaults,
  ...queueFaults,
  ...stripeFaults,
  ...postFaults,
  ...endpointFaults,
};
