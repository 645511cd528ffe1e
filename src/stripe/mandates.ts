import type { Answer } from './answer.ts';
import type { CallLimits, StripeClient } from './client.ts';
import { oneOf } from './json.ts';
import { ofId, pathId } from './path-id.ts';

/** `pending`: the bank has not confirmed it yet. */
const MANDATE_STATUSES = ['active', 'inactive', 'pending'] as const;
export type MandateStatus = (typeof MANDATE_STATUSES)[number];

/** Whether a debit's mandate permits one now; a PaymentMethod does not show its mandate. */
export function retrieveMandateStatus(
  stripe: StripeClient,
  id: string,
  limits: CallLimits = {},
): Promise<Answer<MandateStatus>> {
  return stripe.read(
    limits,
    (sdk, options) => sdk.mandates.retrieve(pathId(id), {}, options),
    ofId(id, ({ status }) => oneOf(MANDATE_STATUSES, status)),
  );
}
