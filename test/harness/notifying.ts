/** How a world tells merchants: as a sandbox does. */
import { eventView } from '../../src/api/views/event.ts';
import type { Dependencies } from '../../src/billing/dependencies.ts';
import type { SecretKeys } from '../../src/notify/secrets.ts';
import { createSender } from '../../src/notify/sender.ts';
import type { Timings } from '../../src/platform/timings.ts';
import { deliveryStatements } from '../../src/store/notify/deliveries.ts';
import type { Sql } from '../../src/store/postgres/database.ts';

export const LINK_KEYS: SecretKeys = [{ kid: 'k1', secret: 'a-link-secret-of-at-least-32-characters' }];
export const OPERATOR_EMAIL = 'operator@example.test';

export function notifying(sql: Sql, timings: Timings): Pick<Dependencies, 'deliveries' | 'notify'> {
  const rules = { private_hosts: [], is_sandbox: true };
  return {
    deliveries: deliveryStatements(sql, { rows_max: 100, wait_ms: 0 }, timings),
    notify: {
      ...createSender({ rules, keys: LINK_KEYS, timings }),
      renderEvent: (event) => JSON.stringify(eventView(event, false)),
    },
  };
}
