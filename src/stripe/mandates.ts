import type { MandateSnapshot } from '../domain/charge/payment-snapshot.ts';
import type { Answer } from './answer.ts';
import type { CallLimits, StripeClient } from './client.ts';
import { ofId, pathId } from './path-id.ts';
import { projectMandate } from './project.ts';

/** Whether a debit's mandate permits one now; a PaymentMethod does not show its mandate. */
export function retrieveMandate(
  stripe: StripeClient,
  id: string,
  limits: CallLimits = {},
): Promise<Answer<MandateSnapshot>> {
  return stripe.read(
    limits,
    (sdk, options) => sdk.mandates.retrieve(pathId(id), {}, options),
    ofId(id, projectMandate),
  );
}
