/** What banks say of payments: disputes, and the warnings that come before them. */
import type { DisputeSnapshot, WarningSnapshot } from '../../domain/charge/refund-snapshot.ts';
import type { Answer } from '../answer.ts';
import type { CallLimits, StripeClient } from '../client.ts';
import type { List } from '../pages.ts';
import { ofId, pathId } from '../path-id.ts';
import { projectDispute, projectWarning } from './project-refund.ts';

export function retrieveDispute(
  stripe: StripeClient,
  id: string,
  limits: CallLimits = {},
): Promise<Answer<DisputeSnapshot>> {
  return stripe.read(
    limits,
    (sdk, options) => sdk.disputes.retrieve(pathId(id), {}, options),
    ofId(id, projectDispute),
  );
}

/** The account's disputes from a time on (Unix seconds), newest first. */
export function disputesSince(created_gte_s: number): List<DisputeSnapshot> {
  return {
    ask: (sdk, page, options) => sdk.disputes.list({ created: { gte: created_gte_s }, ...page }, options),
    project: projectDispute,
  };
}

/** The account's early fraud warnings from a time on (Unix seconds), newest first. */
export function warningsSince(created_gte_s: number): List<WarningSnapshot> {
  return {
    ask: (sdk, page, options) =>
      sdk.radar.earlyFraudWarnings.list({ created: { gte: created_gte_s }, ...page }, options),
    project: projectWarning,
  };
}
