import { derivedId } from '../../platform/ids.ts';
import type { Dependencies } from '../dependencies.ts';
import type { LinkRow } from '../recovery-ports.ts';

/**
 * What a setup's link is derived from, under one of the link keys. It needs no column: only the setup's end revokes
 * the link. A setup that a failover lost comes back under the same id, so the link that its customer already holds
 * must still open it. The nonce stands in for the database's secret.
 */
export function setupLinkRow(
  deps: Pick<Dependencies, 'instance'>,
  setup_id: string,
  link_key_id: string,
): LinkRow {
  const link_nonce = derivedId('set', deps.instance.deriveKey, 'link', setup_id);
  return { id: setup_id, link_version: 1, link_key_id, link_nonce };
}

/** The address of our set-up page for this setup, signed by the newest key. */
export function setupLinkAddress(
  deps: Pick<Dependencies, 'instance' | 'recovery'>,
  setup_id: string,
): string {
  return deps.recovery.setupLinkAddress(setupLinkRow(deps, setup_id, deps.recovery.link_key_ids[0]));
}
