/**
 * The link to a setup's page, its cookie and its form token: made and compared like a recovery's (`link.ts`), but with
 * nothing stored. Any of the link keys may have signed one, so links survive a change of the newest key.
 */
import type { Dependencies } from '../../billing/dependencies.ts';
import { setupLinkRow } from '../../billing/setup/setup-link.ts';
import { idPattern } from '../../platform/ids.ts';
import { isToken, type LinkKeys, mintToken, type Purpose } from './link.ts';

const TOKEN = /^v1\.(set_[a-z2-7]{24})\.1\.[A-Za-z0-9_-]{43}$/;
const SETUP_ID = idPattern('set');

/** Whether a text has the form of a setup's id. */
export function isSetupId(text: string): boolean {
  return SETUP_ID.test(text);
}

/** The setup that a text in a link's form names, unproven; null for any other text. */
export function claimedSetup(text: string): string | null {
  return TOKEN.exec(text)?.[1] ?? null;
}

export type SetupLinks = ReturnType<typeof setupLinks>;

/** The links of this deployment's setups. */
export function setupLinks(billing: Pick<Dependencies, 'instance'>, keys: LinkKeys) {
  const newest = (setup_id: string) => setupLinkRow(billing, setup_id, keys[0].kid);
  const rows = (setup_id: string) => keys.map(({ kid }) => setupLinkRow(billing, setup_id, kid));
  return {
    /** What a setup's new tokens are derived from. */
    newest,
    /** The same for every key, newest first: any of them may have signed a token. */
    rows,
    is: (purpose: Purpose, setup_id: string, text: string) =>
      rows(setup_id).some((row) => isToken(keys, purpose, row, text)),
    mint: (purpose: Purpose, setup_id: string) => mintToken(keys, purpose, newest(setup_id)),
  };
}
