/**
 * The customer's way back: the link, the page it leads to, its buttons, and the return from bank and Checkout.
 *
 * GET writes nothing, because mail scanners open links (docs/protocol.md, 9.5); the return is the one exception, and
 * it writes only what Stripe says. Every bad link gets the same bytes, so trying links reveals nothing (9.6). Requests
 * here are not logged: their addresses hold tokens and Stripe's return query.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readAfterReturn } from '../../billing/recovery/read-after-return.ts';
import type { SetupPressed } from '../../billing/setup/press-setup.ts';
import { isUnresolved } from '../../domain/charge/charge.ts';
import { randomId } from '../../platform/ids.ts';
import { type RecoveryLinkRow, readRecoveryLink, writeFreshMail } from '../../store/recovery/recoveries.ts';
import { readRecoveryPage } from '../../store/recovery/recovery-page.ts';
import { isRecoveryId, isToken, parseToken, wasToken } from '../link/link.ts';
import { fixedPages, paymentPage } from './page-answers.tsx';
import { hadCookie, hasCookie, isOwnOrigin, sendPage } from './page-guard.ts';
import {
  dropQuery,
  exchangeLink,
  follow,
  formOf,
  type PageScope,
  type PageSettings,
  pageScope,
  registerPageScope,
} from './page-scope.ts';
import { confirmPress, evidenceOf, replacePress } from './press.ts';

type CountView = {
  /** Counts a page view by the state shown; views are recorded nowhere else. */
  readonly countView?: (state: string) => void;
};
export type RecoveryPages = PageSettings & CountView;
type Context = PageScope<ReturnType<typeof fixedPages>> & CountView;
type OfToken = { Params: { token: string } };
type OfPage = { Params: { recovery: string } };
type PageRequest = FastifyRequest<OfPage>;

/** Registers everything under `/r`. */
export function registerRecoveryPages(app: FastifyInstance, pages: RecoveryPages): void {
  const fixed = fixedPages(pages.merchant);
  const context: Context = { ...pages, ...pageScope(pages, { prefix: '/r', fixed }) };
  registerPageScope(app, context, (scope) => {
    scope.get<OfToken>('/:token', (request, reply) => openLink(context, request.params.token, reply));
    scope.post<OfToken>('/:token', async (request, reply) =>
      askForMail(context, request, reply, await rowOfOldLink(context, request.params.token)),
    );
    scope.get<OfPage>('/page/:recovery', (request, reply) => showPage(context, request, reply));
    scope.post<OfPage>('/page/:recovery', async (request, reply) =>
      askForMail(context, request, reply, await provenRow(context, request, hadCookie)),
    );
    scope.get<OfPage>('/page/:recovery/return', (request, reply) => comeBack(context, request, reply));
    scope.post<OfPage>('/page/:recovery/confirm', press(context, confirm));
    scope.post<OfPage>('/page/:recovery/replace', press(context, replace));
    // Any other address below: too long for a parameter, cut in pieces, empty.
    scope.get('/*', (_request, reply) => sendPage(reply, 404, fixed.unusable_link));
    scope.post('/*', (_request, reply) => sendPage(reply, 200, fixed.mail_asked));
  });
}

async function openLink(context: Context, token: string, reply: FastifyReply): Promise<FastifyReply> {
  const { billing, link_keys, fixed } = context;
  const claim = parseToken(token);
  const row = claim === null ? null : await readRecoveryLink(billing.sql, claim.recovery_id);
  if (row === null || !isToken(link_keys, 'link', row, token))
    return sendPage(reply, 404, fixed.unusable_link);
  // A closed recovery's page has nothing to protect and nothing to press: no cookie for it.
  if (row.state !== 'open') return sendPayment(context, row.id, reply);
  if (row.is_over) return sendPage(reply, 404, fixed.unusable_link);
  return exchangeLink(context, row, reply);
}

async function showPage(context: Context, request: PageRequest, reply: FastifyReply): Promise<FastifyReply> {
  const row = await provenRow(context, request);
  if (row === null || (row.state === 'open' && row.is_over))
    return sendPage(reply, 404, context.fixed.unusable_link);
  return sendPayment(context, row.id, reply);
}

async function comeBack(context: Context, request: PageRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { recovery } = request.params;
  const dropped = isRecoveryId(recovery) ? dropQuery(context, request, recovery, reply) : null;
  if (dropped !== null) return dropped;
  const row = await provenRow(context, request);
  if (row === null) return sendPage(reply, 200, context.fixed.back_from_bank);
  const page = await readRecoveryPage(context.billing.sql, row.id);
  if (page !== null && page.state === 'open')
    await readAfterReturn(context.billing, {
      charge_id: page.charge_id,
      recovery_id: page.id,
      payment_intent_id: isUnresolved(page.attempt_state) ? page.stripe_payment_intent_id : null,
    });
  return sendPayment(context, row.id, reply);
}

type Act = (context: Context, request: PageRequest, recovery_id: string) => Promise<SetupPressed>;

/** What a button's address answers. */
const press = (context: Context, act: Act) => async (request: PageRequest, reply: FastifyReply) => {
  const row = await pressedRow(context, request);
  if (row === null) return sendPage(reply, 403, context.fixed.refused_press);
  // Closed, or past its time: the page says which, and we write nothing.
  if (row.state !== 'open' || row.is_over) return reply.redirect(context.path(row.id), 303);
  return follow(context, await act(context, request, row.id), row.id, reply);
};

function confirm({ billing, merchant }: Context, request: PageRequest, recovery_id: string) {
  const { replacement, saved, future_use } = formOf(request);
  const asked = {
    replacement_id: replacement ?? null,
    saved_id: saved ?? null,
    ticked: future_use === 'yes',
  };
  return confirmPress(billing, { recovery_id, ...asked, evidence: evidenceOf(request), merchant });
}

function replace({ billing }: Context, request: PageRequest, recovery_id: string) {
  return replacePress(billing, recovery_id, evidenceOf(request));
}

/** The recovery whose link this was until a newer one replaced it, or null. */
async function rowOfOldLink({ billing, link_keys }: Context, token: string): Promise<RecoveryLinkRow | null> {
  const claim = parseToken(token);
  const row = claim === null ? null : await readRecoveryLink(billing.sql, claim.recovery_id);
  return row !== null && claim !== null && wasToken(link_keys, 'link', row, claim) ? row : null;
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
    const id = await writeFreshMail(billing.sql, row.id, { id: randomId('msg'), interval_minutes });
    if (id !== null) await billing.offer('message', [id]);
  }
  return sendPage(reply, 200, fixed.mail_asked);
}

/** The recovery whose cookie the request carries, the current one or (`hadCookie`) any that was; or null. */
async function provenRow(
  { billing, link_keys }: Context,
  request: PageRequest,
  proves = hasCookie,
): Promise<RecoveryLinkRow | null> {
  const { recovery } = request.params;
  if (!isRecoveryId(recovery)) return null;
  const row = await readRecoveryLink(billing.sql, recovery);
  return row !== null && proves(link_keys, request, row) ? row : null;
}

/** The recovery that a POST from our own page may act on, or null. */
async function pressedRow(context: Context, request: PageRequest): Promise<RecoveryLinkRow | null> {
  if (!isOwnOrigin(request, context.origin)) return null;
  const row = await provenRow(context, request);
  const token = formOf(request).form_token;
  if (row === null || token === undefined) return null;
  return isToken(context.link_keys, 'form', row, token) ? row : null;
}

async function sendPayment(
  context: Context,
  recovery_id: string,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const row = await readRecoveryPage(context.billing.sql, recovery_id);
  if (row === null) return sendPage(reply, 404, context.fixed.unusable_link);
  const { html, state } = paymentPage(row, {
    merchant: context.merchant,
    keys: context.link_keys,
    path: context.path(recovery_id),
    replacementSessionsMax: context.billing.timings.replacementSessionsMax,
  });
  context.countView?.(state);
  return sendPage(reply, 200, html);
}
