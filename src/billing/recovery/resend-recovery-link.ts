import { randomId } from '../../platform/ids.ts';
import { raiseLinkVersion } from '../../store/recovery/recoveries.ts';
import type { Dependencies } from '../dependencies.ts';

export type ResentLink = {
  readonly outcome: 'resent';
  readonly recovery: {
    readonly id: string;
    readonly kind: 'authenticate' | 'replace';
    readonly status: string;
    readonly expires_at: Date;
    readonly messages_sent: number;
    /** For the operator's eyes; never stored, never logged. */
    readonly url: string;
  };
};

/**
 * Makes a new link for a charge's live recovery, mails it, and returns it for the operator. The same statement ends
 * every earlier link. We try an address again that had bounced: that is usually why the operator asks. A caller who
 * may ask twice gives the mail's id: the table then refuses a second resend.
 */
export async function resendRecoveryLink(
  deps: Dependencies,
  charge_id: string,
  message_id: string = randomId('msg'),
): Promise<ResentLink | { readonly outcome: 'no_live_recovery' }> {
  const key_id = deps.recovery.link_key_ids[0];
  const row = await raiseLinkVersion(deps.sql, { charge_id, key_id, message_id });
  if (row === null) return { outcome: 'no_live_recovery' };
  deps.log.info({ event: 'recovery.resent', recoveryId: row.id, chargeId: charge_id, messageId: message_id });
  await deps.offer('message', [message_id]);
  const { id, kind, state, expires_at, messages_sent } = row;
  const url = deps.recovery.linkAddress(row);
  return {
    outcome: 'resent',
    recovery: { id, kind, status: state, expires_at, messages_sent, url },
  };
}
