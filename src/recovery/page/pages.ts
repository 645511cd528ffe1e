/**
 * The customer's way back: the link, the page it leads to, its buttons, and the return from bank and Checkout.
 *
 * GET writes nothing, because mail scanners open links (docs/protocol.md, 9.5); the return is the one exception, and
 * it writes only what Stripe says. Every bad link gets the same bytes, so trying links reveals nothing (9.6). Requests
 * here are not logged: their addresses hold tokens and Stripe's return query.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { bringCustomerIn } from '../../billing/recovery/bring-customer-in.ts';
import type { PressProgress } from '../../billing/recovery/press.ts';
import { readAfterReturn } from '../../billing/recovery/read-after-return.ts';
import { isUnresolved } from '../../domain/charge/charge.ts';
import { randomId } from '../../platform/ids.ts';
import { writeFreshMail } from '../../store/recovery/asked-mails.ts';
import { type RecoveryLinkRow, readRecoveryLinks } from '../../store/recovery/recoveries.ts';
import { readRecoveryPage, readRecoveryPages } from '../../store/recovery/recovery-page.ts';
import { isRecoveryId, parseToken, wasToken } from '../link/link.ts';
import { type Entry, pastEntry, pressedEntry, provenEntry, provenLink } from './doors.ts';
import { comeBackTo, nextLook, refreshOf } from './look-again.ts';
import { fixedPages, OTHERS_MAX, paymentPage } from './page-answers.tsx';
import { isOwnOrigin, recoveryCookies, sendPage } from './page-guard.ts';
import {
  dropQuery,
  exchangeLink,
  fixedByLanguage,
  follow,
  formOf,
  logFailure,
  type PageScope,
  type PageSettings,
  pageScope,
  registerPageScope,
  sendForNow,
} from './page-scope.ts';
import { confirmPress, evidenceOf, mayPressAgain, replacePress } from './press.ts';
import { createTwinWaits, type TwinWait } from './twin-wait.ts';

type CountView = {
  /** Counts a page view by the state shown; views are recorded nowhere else. */
  readonly countView?: (state: string) => void;
};
export type RecoveryPages = PageSettings & CountView;
type Context = PageScope<ReturnType<typeof fixedPages>> &
  CountView & { readonly waits: ReturnType<typeof createTwinWaits> };
type OfToken = { Params: { token: string } };
type OfPage = { Params: { recovery: string } };
type PageRequest = FastifyRequest<OfPage>;
type TokenRequest = FastifyRequest<OfToken>;

const CONFIRM = '/page/:recovery/confirm';
const REPLACE = '/page/:recovery/replace';

/** Registers everything under `/r`. */
export function registerRecoveryPages(app: FastifyInstance, pages: RecoveryPages): void {
  const fixed = fixedByLanguage((language) => fixedPages(pages.merchant, language));
  const scope = pageScope(pages, {
    prefix: '/r',
    fixed,
    answerFailedPost: (request, reply, how) => answerFailedPost(context, request as PageRequest, reply, how),
  });
  const waits = createTwinWaits();
  const context: Context = { ...pages, ...scope, waits };
  registerPageScope(app, context, (scope) => {
    scope.get<OfToken>('/:token', (request, reply) => openLink(context, request, reply));
    scope.post<OfToken>('/:token', async (request, reply) =>
      askForMail(context, request, reply, await rowOfOldLink(context, request.params.token)),
    );
    scope.get<OfPage>('/page/:recovery', (request, reply) => showPage(context, request, reply));
    scope.post<OfPage>('/page/:recovery', async (request, reply) =>
      askForMail(context, request, reply, await pastEntry(context, request)),
    );
    scope.get<OfPage>('/page/:recovery/return', (request, reply) => comeBack(context, request, reply));
    scope.post<OfPage>(CONFIRM, (request, reply) => confirm(context, request, reply));
    scope.post<OfPage>(REPLACE, (request, reply) => replace(context, request, reply));
    // Any other address below: too long for a parameter, cut in pieces, empty.
    scope.get('/*', (request, reply) => sendPage(reply, 404, fixed(request).unusable_link));
    scope.post('/*', (request, reply) => sendPage(reply, 200, fixed(request).mail_asked));
  });
}

async function openLink(context: Context, request: TokenRequest, reply: FastifyReply): Promise<FastifyReply> {
  const door = await provenLink(context, request.params.token);
  if (door === null) return sendPage(reply, 404, context.fixed(request).unusable_link);
  if (door.state === 'open' && !door.is_over) return exchangeLink(context, door, reply);
  // What is over has nothing to protect and nothing to press: a cookie only for what else is open.
  const next = await nextOpen(context, door.id);
  if (next !== null) return exchangeLink(context, door, reply);
  if (door.state === 'open') return sendPage(reply, 404, context.fixed(request).unusable_link);
  return sendPayment(context, { door, target: door }, request, reply);
}

async function showPage(context: Context, request: PageRequest, reply: FastifyReply): Promise<FastifyReply> {
  // Before anything is read: the answer is the same whether there is such a recovery or not.
  if (isRecoveryId(request.params.recovery) && recoveryCookies(request) === null)
    return sendPage(reply, 403, context.fixed(request).cookies_needed);
  const entry = await provenEntry(context, request);
  if (entry === null) return sendPage(reply, 404, context.fixed(request).unusable_link);
  if (entry.target.state !== 'open' || !entry.target.is_over)
    return sendPayment(context, entry, request, reply);
  const next = await nextOpen(context, entry.target.id);
  if (next === null) return sendPage(reply, 404, context.fixed(request).unusable_link);
  return reply.redirect(context.path(next), 303);
}

/** Another live recovery of the same customer, or null. */
async function nextOpen({ billing }: Context, recovery_id: string): Promise<string | null> {
  const [, next] = await readRecoveryPages(billing.sql, recovery_id, 1);
  return next?.id ?? null;
}

async function comeBack(context: Context, request: PageRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { recovery } = request.params;
  const dropped = isRecoveryId(recovery) ? dropQuery(context, request, recovery, reply) : null;
  if (dropped !== null) return dropped;
  const entry = await provenEntry(context, request);
  if (entry === null) return sendPage(reply, 200, context.fixed(request).back_from_bank);
  const page = await readRecoveryPage(context.billing.sql, entry.target.id);
  if (page !== null && page.state === 'open')
    await readAfterReturn(context.billing, {
      charge_id: page.charge_id,
      recovery_id: page.id,
      payment_intent_id: isUnresolved(page.attempt_state) ? page.stripe_payment_intent_id : null,
    });
  return sendPayment(context, entry, request, reply);
}

/** Pays, or leads on to the bank; whatever happens, the answer says what is known of it (docs/protocol.md, 9.10). */
async function confirm(context: Context, request: PageRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { billing, merchant, fixed } = context;
  const { recovery } = request.params;
  const sending: PressProgress = { may_be_sent: false };
  try {
    const row = await openRow(context, request, reply);
    if (row === null) return reply;
    const asked = { ...askedBy(request), recovery_id: row.id, evidence: evidenceOf(request), merchant };
    const pressed = await confirmPress(billing, asked, waitOf(context, request), sending);
    if (pressed.outcome === 'redirect') return reply.redirect(pressed.url, 303);
    if (pressed.outcome === 'page') return reply.redirect(context.path(row.id), 303);
    return sendForNow(fixed(request).unsent, reply, comeBackTo(context.path(row.id)));
  } catch (error) {
    logFailure(context, error, request);
    if (!sending.may_be_sent)
      return sendForNow(fixed(request).unsent, reply, comeBackTo(context.path(recovery)));
    // Where the rows show the attempt, the page says the same and goes on by itself.
    const may_show = await mayPressAgain(billing, recovery).then(
      (offers) => !offers,
      () => false,
    );
    if (may_show) return reply.redirect(context.path(recovery), 303);
    return sendForNow(fixed(request).checking, reply, comeBackTo(context.path(recovery)));
  }
}

async function replace(context: Context, request: PageRequest, reply: FastifyReply): Promise<FastifyReply> {
  const row = await openRow(context, request, reply);
  if (row === null) return reply;
  const replacing = await replacePress(context.billing, row.id, evidenceOf(request));
  return follow(context, replacing, row.id, request, reply);
}

/** The recovery that this press may act on; null if it has been answered: refused, or shown how its payment ended. */
async function openRow(
  context: Context,
  request: PageRequest,
  reply: FastifyReply,
): Promise<RecoveryLinkRow | null> {
  const row = (await pressedEntry(context, request))?.target ?? null;
  if (row === null) sendPage(reply, 403, context.fixed(request).refused_press);
  // Closed, or past its time: the page says which, and we write nothing.
  else if (row.state !== 'open' || row.is_over) reply.redirect(context.path(row.id), 303);
  else return row;
  return null;
}

function askedBy(request: PageRequest) {
  const { replacement, saved, future_use, seen_attempt = '' } = formOf(request);
  return {
    replacement_id: replacement ?? null,
    saved_id: saved ?? null,
    ticked: future_use === 'yes',
    // A page of an older release does not say.
    seen_attempt: /^[0-9]{1,4}$/.test(seen_attempt) ? Number(seen_attempt) : null,
  };
}

function waitOf({ billing, waits, leaveRoom }: Context, request: PageRequest): TwinWait {
  const { socket } = request.raw;
  return waits(
    billing.timings.twinWaitMs,
    () => leaveRoom?.(request),
    () => socket.destroyed,
  );
}

/** Turned away at the door, a press has done nothing; one that threw before or after its own work is looked at. */
function answerFailedPost(
  { fixed, path }: Context,
  request: PageRequest,
  reply: FastifyReply,
  how: 'shed' | 'failed',
): FastifyReply {
  const { recovery } = request.params;
  const look = recovery !== undefined && isRecoveryId(recovery) ? comeBackTo(path(recovery)) : null;
  const { url = '' } = request.routeOptions;
  if (url.endsWith(REPLACE)) return sendForNow(fixed(request).no_checkout, reply, look);
  if (!url.endsWith(CONFIRM)) return sendForNow(fixed(request).not_taken, reply, null);
  return sendForNow(how === 'shed' ? fixed(request).unsent : fixed(request).checking, reply, look);
}

/** The recovery whose link this was until a newer one replaced it, or null. */
async function rowOfOldLink({ billing, link_keys }: Context, token: string): Promise<RecoveryLinkRow | null> {
  const claim = parseToken(token);
  if (claim === null) return null;
  const [row] = await readRecoveryLinks(billing.sql, [claim.recovery_id]);
  return row !== undefined && wasToken(link_keys, 'link', row, claim) ? row : null;
}

/** Asks for a fresh mail by a link or cookie that no longer works. The answer never shows whether we send one. */
async function askForMail(
  { billing, fixed, origin }: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  row: RecoveryLinkRow | null,
): Promise<FastifyReply> {
  if (row !== null && isOwnOrigin(request, origin)) {
    const interval_minutes = billing.timings.freshMailIntervalMinutes;
    const id = await writeFreshMail(
      billing.sql,
      row.id,
      { id: randomId('msg'), interval_minutes },
      billing.timings,
    );
    if (id !== null) await billing.offer('message', [id]);
    // Its time was over, and the merchant keeps the charge open: the customer may be asked anew.
    else if (row.state === 'expired')
      await bringCustomerIn(billing, row.charge_id, { carrier: 'customer', reference: row.id });
  }
  return sendPage(reply, 200, fixed(request).mail_asked);
}

async function sendPayment(
  context: Context,
  { door, target }: Entry,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const rows = await readRecoveryPages(context.billing.sql, target.id, OTHERS_MAX + 1);
  const path = context.path(target.id);
  const look = nextLook(request, path);
  const { html, state } = paymentPage(rows, {
    merchant: context.merchant,
    keys: context.link_keys,
    door,
    path: context.path,
    policy: context.billing.timings,
    looks_again: look !== null,
  });
  if (state === 'processing' && look !== null) reply.header('refresh', refreshOf(look));
  context.countView?.(state);
  return sendPage(reply, 200, html);
}
