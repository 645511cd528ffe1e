import { handlers } from '../src/billing/handlers.ts';
import { AppError } from '../src/platform/errors.ts';
import type { Kind } from '../src/store/work/obligations.ts';

/** Every existing kind. A role is the name of the kind that it works on. */
const everyKind = Object.keys(handlers) as Kind[];

/** A set-up begins with its customer at Stripe and goes on by Stripe's events, so its worker must handle those too. */
const ALONG: Partial<Record<Kind, readonly Kind[]>> = {
  setup: ['customer', 'inbox_event', 'payment_method'],
};

/**
 * The kinds of a comma-separated list of roles, with those that come along; by default all.
 *
 * @throws AppError `role_unknown`
 */
export function kindsOf(roles: string | undefined): readonly Kind[] {
  if (roles === undefined) return everyKind;
  const wanted = roles.split(',').flatMap((role) => {
    const kind = everyKind.find((known) => known === role.trim());
    if (kind !== undefined) return [kind, ...(ALONG[kind] ?? [])];
    throw new AppError('role_unknown', { message: `Unknown role; the roles are ${everyKind.join(', ')}` });
  });
  return [...new Set(wanted)];
}
