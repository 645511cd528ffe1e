/**
 * The link in a recovery's mails, the cookie it is exchanged for, and the token in the page's forms.
 *
 * All three are derived, never stored (docs/protocol.md, 9.3): an HMAC over purpose, recovery, version, key id and the
 * row's nonce, and for a form that acts on another bill of the same customer over that bill's id and version. So every mail
 * of a recovery carries the same link, a crash between making and sending a link loses nothing, and a stolen table contains
 * no link. The row holds the expiry; raising the version ends all three at once.
 *
 * Texts are compared as texts: the last character of base64url has spare bits, so two texts can decode alike.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { LinkRow } from '../../billing/recovery-ports.ts';
import type { LinkKey } from '../../platform/config.ts';
import { invariant } from '../../platform/errors.ts';
import { idPattern } from '../../platform/ids.ts';

export type LinkKeys = readonly [LinkKey, ...LinkKey[]];
export type Purpose = 'link' | 'cookie' | 'form';
export type Target = Pick<LinkRow, 'id' | 'link_version'>;

/** What a token claims to be; none of it is proven. */
export type TokenClaim = { readonly recovery_id: string; readonly version: number; readonly text: string };

const TOKEN = /^v1\.(rec_[a-z2-7]{24})\.([1-9][0-9]{0,8})\.[A-Za-z0-9_-]{43}$/;
const TOKEN_LENGTH_MAX = 120;
const RECOVERY_ID = idPattern('rec');

/** Whether a text has the form of a recovery's id. */
export function isRecoveryId(text: string): boolean {
  return RECOVERY_ID.test(text);
}

/** The claim of a text in a token's form, or null. */
export function parseToken(text: string): TokenClaim | null {
  if (text.length > TOKEN_LENGTH_MAX) return null;
  const [, recovery_id, version] = TOKEN.exec(text) ?? [];
  if (recovery_id === undefined || version === undefined) return null;
  return { recovery_id, version: Number(version), text };
}

/**
 * The token of a recovery for one purpose. A form acts on one bill, its `target`: the recovery itself, or another of the
 * same customer, which the link shows as well. Throws when the row's key is not among the keys.
 */
export function mintToken(keys: LinkKeys, purpose: Purpose, row: LinkRow, target: Target = row): string {
  const token = tokenOf(keys, purpose, row, target);
  invariant(token !== null, 'link_key_unknown');
  return token;
}

/** Whether `text` is exactly the token of this row for this purpose and target. */
export function isToken(
  keys: LinkKeys,
  purpose: Purpose,
  row: LinkRow,
  text: string,
  target: Target = row,
): boolean {
  const token = tokenOf(keys, purpose, row, target);
  return token !== null && sameText(token, text);
}

/**
 * Whether the token was ever this recovery's: the current one, or an earlier one that a resend replaced. The nonce
 * stays in the row, so we still recognise an old version's token; it opens nothing.
 */
export function wasToken(keys: LinkKeys, purpose: Purpose, row: LinkRow, claim: TokenClaim): boolean {
  if (claim.version > row.link_version) return false;
  return keys.some((key) => {
    const past = { ...row, link_version: claim.version, link_key_id: key.kid };
    return isToken(keys, purpose, past, claim.text);
  });
}

function tokenOf(keys: LinkKeys, purpose: Purpose, row: LinkRow, target: Target): string | null {
  const key = keys.find((known) => known.kid === row.link_key_id);
  if (key === undefined) return null;
  const mac = createHmac('sha256', key.secret);
  const parts = [purpose, row.id, String(row.link_version), key.kid, row.link_nonce];
  if (target.id !== row.id) parts.push(target.id, String(target.link_version));
  for (const part of parts) {
    mac.update(`${Buffer.byteLength(part)}:${part}`);
  }
  return `v1.${row.id}.${row.link_version}.${mac.digest('base64url')}`;
}

function sameText(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected, 'utf8'), Buffer.from(given, 'utf8')];
  return a.length === b.length && timingSafeEqual(a, b);
}
