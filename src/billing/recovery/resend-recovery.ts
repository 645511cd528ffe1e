import { derivedId, randomId } from '../../platform/ids.ts';
import {
  insertIdempotencyKey,
  type KeyedRequest,
  readIdempotencyKey,
} from '../../store/door/idempotency-keys.ts';
import { replay } from '../../store/door/intake.ts';
import { violatedConstraint } from '../../store/postgres/database.ts';
import { writeResentMail } from '../../store/recovery/asked-mails.ts';
import { type NewestRecovery, readNewestRecovery } from '../../store/recovery/newest-recovery.ts';
import { fixLinkKey } from '../../store/recovery/recoveries.ts';
import type { Dependencies } from '../dependencies.ts';

/** A recovery with its link, for the operator who asked; the link is null once the recovery has ended. */
export type ShownRecovery = Omit<NewestRecovery, 'link'> & { readonly url: string | null };

export type ResendOutcome =
  | { readonly outcome: 'resent' | 'replayed'; readonly recovery: ShownRecovery }
  | { readonly outcome: 'mismatch' | 'no_live_recovery' | 'mail_limit_reached' };

/**
 * Resends once per Idempotency-Key. The mail's id is derived from the key, so the mail itself records the resend: a
 * second one under the same key fails in the statement that would end the first one's link.
 */
export async function resendRecovery(
  deps: Dependencies,
  charge_id: string,
  request: KeyedRequest,
  revokes: boolean,
): Promise<ResendOutcome> {
  const { prior, life } = await readIdempotencyKey(deps.sql, request);
  if (prior !== null) {
    return replay(prior, request).outcome === 'mismatch' ? { outcome: 'mismatch' } : again(deps, charge_id);
  }
  const message_id = derivedId('msg', deps.instance.deriveKey, request.route, request.key);
  try {
    const resent = await resendRecoveryLink(deps, charge_id, { message_id, revokes });
    if (resent.outcome !== 'resent') return resent;
    await insertIdempotencyKey(deps.sql, request, life, { entity_id: charge_id, status_code: 200 });
    return resent;
  } catch (error) {
    if (violatedConstraint(error) !== 'messages_pkey') throw error;
    await insertIdempotencyKey(deps.sql, request, life, { entity_id: charge_id, status_code: 200 });
    return again(deps, charge_id);
  }
}

/**
 * Mails the link of a charge's live recovery again, and returns it: for the operator's eyes, never stored, never logged. With
 * `revokes` it is a new one, and the same statement ends every earlier link. We try an address again that had bounced: that
 * is usually why the operator asks. Beyond the caps on mails nothing is written, and no link ends.
 */
export async function resendRecoveryLink(
  deps: Dependencies,
  charge_id: string,
  { message_id = randomId('msg'), revokes }: { readonly message_id?: string; readonly revokes: boolean },
) {
  const key_id = deps.recovery.link_key_ids[0];
  const resent = await writeResentMail(deps.sql, { charge_id, key_id, message_id, revokes }, deps.timings);
  if (resent.outcome !== 'resent') return { outcome: resent.outcome } as const;
  const row = resent.recovery;
  deps.log.info({ event: 'recovery.resent', recoveryId: row.id, chargeId: charge_id, messageId: message_id });
  await deps.offer('message', [message_id]);
  const { id, kind, state, expires_at, messages_sent } = row;
  const shown = { id, kind, state, expires_at, messages_sent, undeliverable: false };
  return { outcome: 'resent', recovery: { ...shown, url: deps.recovery.linkAddress(row) } } as const;
}

async function again(deps: Dependencies, charge_id: string): Promise<ResendOutcome> {
  const recovery = await showRecovery(deps, charge_id);
  return recovery === null ? { outcome: 'no_live_recovery' } : { outcome: 'replayed', recovery };
}

/** A charge's newest recovery with its link, for whoever brings the customer in without our mails; null if it had none. */
export async function showRecovery(deps: Dependencies, charge_id: string): Promise<ShownRecovery | null> {
  const newest = await readNewestRecovery(deps.sql, charge_id);
  if (newest === null) return null;
  const { link, ...recovery } = newest;
  if (recovery.state !== 'open') return { ...recovery, url: null };
  // No mail may have needed it yet.
  const signed =
    link.link_key_id === null ? await fixLinkKey(deps.sql, link.id, deps.recovery.link_key_ids) : link;
  return { ...recovery, url: deps.recovery.linkAddress(signed) };
}
