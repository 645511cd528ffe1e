/** How a world tells merchants: as a sandbox does. */
import { eventView } from '../../src/api/views/event.ts';
import type { NotifyPorts } from '../../src/billing/notify-ports.ts';
import type { SecretKeys } from '../../src/notify/secrets.ts';
import { createSender } from '../../src/notify/sender.ts';
import type { Timings } from '../../src/platform/timings.ts';

export function notifyPorts(keys: SecretKeys, timings: Timings): NotifyPorts {
  return {
    ...createSender({ rules: { private_hosts: [], is_sandbox: true }, keys, timings }),
    renderEvent: (event) => JSON.stringify(eventView(event, false)),
  };
}
