import type { ReadMandate } from '../domain/charge/payment-snapshot.ts';
import type { Answer } from './answer.ts';
import type { CallLimits, StripeClient } from './client.ts';
import { ofId, pathId } from './path-id.ts';
import { projectReadMandate } from './project.ts';

/** Whether a debit's mandate permits one now, and what its customer was shown of it; a PaymentMethod does not show its mandate. */
export function retrieveMandate(
  stripe: StripeClient,
  id: string,
  limits: CallLimits = {},
): Promise<Answer<ReadMandate>> {
  return stripe.read(
    limits,
    (sdk, options) => sdk.mandates.retrieve(pathId(id), {}, options),
    ofId(id, projectReadMandate),
  );
}
