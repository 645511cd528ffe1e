/**
 * How a page looks again by itself, without a script: by the header `Refresh`, which the strict policy leaves alone and
 * which axe, unlike an element of the page, does not take for a page that is torn from its reader. More and more slowly,
 * and not for ever: the address counts the looks (docs/protocol.md, 9.9).
 */
import type { FastifyRequest } from 'fastify';

/** Where to look next, and when. */
export type PageLook = { readonly delay_s: number; readonly path: string };

/** After each look, the seconds to the next; after the last, whoever still waits presses a button. */
const DELAYS_S = [2, 3, 5, 8, 13, 21, 34, 55, 60, 60, 60, 60] as const;
/** After a press that led nowhere: enough to read why. */
const COME_BACK_S = 6;

/** The next look after this request's at `path`; null if it has looked often enough. */
export function nextLook(request: FastifyRequest, path: string): PageLook | null {
  const [, counted = '0'] = /[?&]look=([0-9]{1,3})(?:&|$)/.exec(request.url) ?? [];
  const looks = Number(counted);
  const delay_s = DELAYS_S[looks];
  return delay_s === undefined ? null : { delay_s, path: `${path}?look=${looks + 1}` };
}

/** From the answer to a press back to its page. */
export const comeBackTo = (path: string): PageLook => ({ delay_s: COME_BACK_S, path });

/** The value of the header `Refresh`. */
export const refreshOf = ({ delay_s, path }: PageLook): string => `${delay_s}; url=${path}`;
