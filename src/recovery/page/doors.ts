/**
 * What a link opens: its own recovery's page, also once that is closed, and those of its customer's other live recoveries
 * (docs/protocol.md, 9.15). The recovery whose link was followed is the door, the one that a page or a press is about the
 * target; they are the same for a customer with one bill.
 */
import type { FastifyRequest } from 'fastify';
import { type RecoveryOfCustomer, readRecoveryLinks } from '../../store/recovery/recoveries.ts';
import { isRecoveryId, isToken, parseToken } from '../link/link.ts';
import { hadCookie, hasCookie, isOwnOrigin, recoveryCookies } from './page-guard.ts';
import { formOf, type PageScope } from './page-scope.ts';

export type Entry = { readonly door: RecoveryOfCustomer; readonly target: RecoveryOfCustomer };

type OfPage = { Params: { recovery: string } };
type PageRequest = FastifyRequest<OfPage>;
type Doors = Pick<PageScope, 'billing' | 'link_keys' | 'origin'>;

/** The recovery of an authentic link, or null. */
export async function provenLink(doors: Doors, token: string): Promise<RecoveryOfCustomer | null> {
  const claim = parseToken(token);
  if (claim === null) return null;
  const [row] = await readRecoveryLinks(doors.billing.sql, [claim.recovery_id]);
  return row !== undefined && isToken(doors.link_keys, 'link', row, token) ? row : null;
}

/** The page that a request may see: by its own cookie, or by that of another recovery of the same customer. */
export async function provenEntry(doors: Doors, request: PageRequest): Promise<Entry | null> {
  const { recovery } = request.params;
  if (!isRecoveryId(recovery)) return null;
  const claimed = (recoveryCookies(request) ?? []).map(({ recovery_id }) => recovery_id);
  const rows = await readRecoveryLinks(doors.billing.sql, [recovery, ...claimed]);
  const target = rows.find(({ id }) => id === recovery);
  if (target === undefined) return null;
  const own_first = [target, ...rows.filter((row) => row !== target)];
  const door = own_first.find((row) => isDoorTo(target, row) && hasCookie(doors.link_keys, request, row));
  return door === undefined ? null : { door, target };
}

/** What a POST from our own page may act on: its form's token names the door, its address the target. Or null. */
export async function pressedEntry(doors: Doors, request: PageRequest): Promise<Entry | null> {
  const { recovery } = request.params;
  const { form_token = '' } = formOf(request);
  const claim = parseToken(form_token);
  if (claim === null || !isRecoveryId(recovery) || !isOwnOrigin(request, doors.origin)) return null;
  const rows = await readRecoveryLinks(doors.billing.sql, [recovery, claim.recovery_id]);
  const target = rows.find(({ id }) => id === recovery);
  const door = rows.find(({ id }) => id === claim.recovery_id);
  if (target === undefined || door === undefined || !isDoorTo(target, door)) return null;
  const { link_keys } = doors;
  const is_proven =
    hasCookie(link_keys, request, door) && isToken(link_keys, 'form', door, form_token, target);
  return is_proven ? { door, target } : null;
}

/** The recovery whose cookie this was, the current one or an earlier one, or null. */
export async function pastEntry(doors: Doors, request: PageRequest): Promise<RecoveryOfCustomer | null> {
  const { recovery } = request.params;
  if (!isRecoveryId(recovery)) return null;
  const [row] = await readRecoveryLinks(doors.billing.sql, [recovery]);
  return row !== undefined && hadCookie(doors.link_keys, request, row) ? row : null;
}

const isDoorTo = (target: RecoveryOfCustomer, door: RecoveryOfCustomer): boolean =>
  door.customer_id === target.customer_id;
