/**
 * What stands between a request and a customer's payment: the link, the cookie that we exchange it for, the form
 * token, the Origin, and the headers that keep a page from leaking or being framed.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LinkRow } from '../../billing/recovery-ports.ts';
import { isToken, type LinkKeys, mintToken, parseToken, type TokenClaim, wasToken } from '../link/link.ts';
import type { Brand } from '../words/brand.ts';
import { pageStyle, styleHash } from './page-style.ts';

/**
 * The cookie that we exchange a link for: it opens the page of its recovery and of its customer's other live ones, or of
 * its setup, and nothing else.
 */
export function cookieFor(
  keys: LinkKeys,
  row: LinkRow,
  options: { readonly path: string; readonly hours: number; readonly secure: boolean },
): string {
  const value = mintToken(keys, 'cookie', row);
  const secure = options.secure ? '; Secure' : '';
  const age_s = options.hours * 3_600;
  return `${cookieName(row.id)}=${value}; Path=${options.path}; Max-Age=${age_s}; HttpOnly; SameSite=Lax${secure}`;
}

/** `dc_r_rec_…` for a recovery, `dc_s_set_…` for a setup. */
const cookieName = (id: string): string => `dc_${id.charAt(0)}_${id}`;
const COOKIES_LENGTH_MAX = 8_192;

/** The cookie of a recovery or a setup as it came, unproven; null when absent. */
function readCookie(request: FastifyRequest, id: string): string | null {
  const header = request.headers.cookie;
  if (header === undefined || header.length > COOKIES_LENGTH_MAX) return null;
  const wanted = `${cookieName(id)}=`;
  const pair = header.split(';').find((part) => part.trim().startsWith(wanted));
  return pair === undefined ? null : pair.trim().slice(wanted.length);
}

/** More bills than this are not looked at in one browser within two hours. */
const RECOVERY_COOKIES_MAX = 20;

/** What the request's recovery cookies claim, unproven; null without any, whatever they are worth. */
export function recoveryCookies(request: FastifyRequest): TokenClaim[] | null {
  const header = request.headers.cookie ?? '';
  if (header.length > COOKIES_LENGTH_MAX) return null;
  const values = [...header.matchAll(/(?:^|;)\s*dc_r_rec_[a-z2-7]{24}=([^;]*)/g)];
  if (values.length === 0) return null;
  return values.slice(0, RECOVERY_COOKIES_MAX).flatMap(([, value = '']) => parseToken(value.trim()) ?? []);
}

/** Whether the request carries any cookie for this setup, whatever it is worth. */
export function sentCookie(request: FastifyRequest, id: string): boolean {
  return readCookie(request, id) !== null;
}

/** Whether the request carries the current cookie of this recovery or setup. */
export function hasCookie(keys: LinkKeys, request: FastifyRequest, row: LinkRow): boolean {
  const cookie = readCookie(request, row.id);
  return cookie !== null && isToken(keys, 'cookie', row, cookie);
}

/** Whether the request carries a cookie that was once this recovery's. */
export function hadCookie(keys: LinkKeys, request: FastifyRequest, row: LinkRow): boolean {
  const claim = parseToken(readCookie(request, row.id) ?? '');
  return claim !== null && claim.recovery_id === row.id && wasToken(keys, 'cookie', row, claim);
}

/**
 * Whether a POST comes from our own page. Under `no-referrer`, browsers send `Origin: null` even to the page's own
 * server, so we accept that if the browser itself declares the request same-origin.
 */
export function isOwnOrigin(request: FastifyRequest, public_origin: string): boolean {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  if (origin === undefined || origin === public_origin) return true;
  return origin === 'null' && site === 'same-origin';
}

const HSTS = 'max-age=31536000';

/** The policy of every page: of images it allows those of the merchant's logo's origin, if there is one. Redirects after a form lead to Stripe or a bank, whose hosts we cannot list. */
export function pageHeaders(
  public_origin: string,
  simulator_origin: string | null,
  brand: Brand = {},
): Readonly<Record<string, string>> {
  const targets = ["'self'", 'https:', ...(simulator_origin === null ? [] : [simulator_origin])];
  const policy = [
    "default-src 'none'",
    `style-src ${styleHash(pageStyle(brand))}`,
    ...(brand.logo_url == null ? [] : [`img-src ${new URL(brand.logo_url).origin}`]),
    `form-action ${targets.join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'x-robots-tag': 'noindex, nofollow',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
    'cross-origin-opener-policy': 'same-origin',
    ...(public_origin.startsWith('https:') ? { 'strict-transport-security': HSTS } : {}),
  };
}

export function sendPage(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').send(html);
}
