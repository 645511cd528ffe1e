import { AppError } from '../src/platform/errors.ts';
import { charge } from './charge.ts';
import { customer } from './customer.ts';
import { inboxEvent } from './inbox-event.ts';
import { message } from './message.ts';
import { paymentMethod } from './payment-method.ts';
import type { Processor } from './processor.ts';
import { recovery } from './recovery.ts';
import { replacement } from './replacement.ts';
import { setup } from './setup.ts';

/** Every processor there is. A role is the name of the kind it works on. */
const processors: readonly Processor[] = [
  customer,
  setup,
  charge,
  recovery,
  replacement,
  message,
  inboxEvent,
  paymentMethod,
];

/** A set-up begins with its customer at Stripe, and goes on by Stripe's events: no worker on it without those. */
const ALONG: Partial<Record<Processor['kind'], readonly Processor[]>> = {
  setup: [customer, inboxEvent, paymentMethod],
};

/**
 * The processors of a comma list of roles with what comes along, all of them by default.
 *
 * @throws AppError `role_unknown`
 */
export function processorsOf(roles: string | undefined): readonly Processor[] {
  if (roles === undefined) return processors;
  const wanted = roles.split(',').flatMap((role) => {
    const found = processors.find((processor) => processor.kind === role.trim());
    if (found !== undefined) return [found, ...(ALONG[found.kind] ?? [])];
    const known = processors.map((processor) => processor.kind).join(', ');
    throw new AppError('role_unknown', { message: `Unknown role; the roles are ${known}` });
  });
  return [...new Set(wanted)];
}
