/**
 * Our own set-up page, for merchants without one: what the customer agrees to, the press that agrees, on to Checkout,
 * and back to what is saved. It has the same walls as the recovery's pages: the link is exchanged for a cookie and a
 * clean address, GET writes nothing but what Stripe says on the return, and a POST needs cookie, form token and
 * Origin.
 *
 * An authentic link to a finished setup opens a page that says so, with nothing to press. Every other bad link gets
 * the same bytes.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pressSetup, readSetupAfterReturn } from '../../billing/setup/press-setup.ts';
import { readSetupPage, type SetupPageRow } from '../../store/setup/setup-page.ts';
import { claimedSetup, isSetupId, type SetupLinks, setupLinks } from '../link/setup-link.ts';
import { comeBackTo, nextLook, refreshOf } from '../page/look-again.ts';
import { hasCookie, isOwnOrigin, sendPage, sentCookie } from '../page/page-guard.ts';
import {
  dropQuery,
  exchangeLink,
  fixedByLanguage,
  follow,
  formOf,
  type PageScope,
  type PageSettings,
  pageScope,
  registerPageScope,
  sendForNow,
} from '../page/page-scope.ts';
import { evidenceOf } from '../page/press.ts';
import { fixedSetupPages, mandateOf, setupPage } from './setup-answers.tsx';
import { setupPageContent } from './setup-state.ts';

type Context = PageScope<ReturnType<typeof fixedSetupPages>> & { readonly links: SetupLinks };
type OfToken = { Params: { token: string } };
type OfPage = { Params: { setup: string } };
type PageRequest = FastifyRequest<OfPage>;

/** Registers everything under `/s`. */
export function registerSetupPages(app: FastifyInstance, pages: PageSettings): void {
  const { billing, link_keys, merchant } = pages;
  const fixed = fixedByLanguage((language) => fixedSetupPages(merchant, language));
  const links = setupLinks(billing, link_keys);
  const scope = pageScope(pages, {
    prefix: '/s',
    fixed,
    answerFailedPost: (request, reply) => answerFailedPost(context, request as PageRequest, reply),
  });
  const context: Context = { ...scope, links };
  registerPageScope(app, context, (scope) => {
    scope.get<OfToken>('/:token', (request, reply) =>
      openLink(context, request.params.token, request, reply),
    );
    scope.get<OfPage>('/page/:setup', (request, reply) => showPage(context, request, reply));
    scope.get<OfPage>('/page/:setup/return', (request, reply) => comeBack(context, request, reply));
    scope.post<OfPage>('/page/:setup/accept', (request, reply) => accept(context, request, reply));
    scope.all('/*', (request, reply) => sendPage(reply, 404, fixed(request).unusable_link));
  });
}

async function openLink(
  context: Context,
  token: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { billing, links, fixed } = context;
  const id = claimedSetup(token);
  const row = id !== null && links.is('link', id, token) ? await readSetupPage(billing.sql, id) : null;
  if (row === null || !row.collect) return sendPage(reply, 404, fixed(request).unusable_link);
  const view = setupPageContent(row);
  // Nothing is left to press, and nothing more will happen: no cookie for it.
  if (view.offer === null && !view.check_again) return sendSetup(context, row, request, reply);
  return exchangeLink(context, links.newest(row.id), reply);
}

async function showPage(context: Context, request: PageRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { setup } = request.params;
  // Before anything is read: the answer is the same whether there is such a setup or not.
  if (isSetupId(setup) && !sentCookie(request, setup))
    return sendPage(reply, 403, context.fixed(request).cookies_needed);
  return sendSetup(context, await provenRow(context, request), request, reply);
}

async function comeBack(context: Context, request: PageRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { setup } = request.params;
  const dropped = isSetupId(setup) ? dropQuery(context, request, setup, reply) : null;
  if (dropped !== null) return dropped;
  const row = await provenRow(context, request);
  if (row === null) return sendPage(reply, 200, context.fixed(request).back_from_checkout);
  if (row.state === 'awaiting_customer' || row.state === 'processing')
    await readSetupAfterReturn(context.billing, row.id);
  return sendSetup(context, await readSetupPage(context.billing.sql, row.id), request, reply);
}

async function accept(context: Context, request: PageRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { billing, links, fixed } = context;
  const row = isOwnOrigin(request, context.origin) ? await provenRow(context, request) : null;
  const token = formOf(request).form_token;
  if (row === null || token === undefined || !links.is('form', row.id, token))
    return sendPage(reply, 403, fixed(request).refused_press);
  const mandate = mandateOf(row, context.merchant, billing.timings.debitNotice);
  const pressed = await pressSetup(billing, { setup_id: row.id, mandate, ...evidenceOf(request) });
  billing.log.info({ event: 'setup.pressed', setupId: row.id, outcome: pressed.outcome });
  return follow(context, pressed, row.id, request, reply);
}

function answerFailedPost({ fixed, path }: Context, request: PageRequest, reply: FastifyReply): FastifyReply {
  const { setup } = request.params;
  const is_ours = setup !== undefined && isSetupId(setup);
  return sendForNow(
    is_ours ? fixed(request).no_checkout : fixed(request).not_taken,
    reply,
    is_ours ? comeBackTo(path(setup)) : null,
  );
}

/** The setup whose cookie the request carries, or null. */
async function provenRow(context: Context, request: PageRequest): Promise<SetupPageRow | null> {
  const { setup } = request.params;
  if (!isSetupId(setup)) return null;
  const proofs = context.links.rows(setup);
  if (!proofs.some((proof) => hasCookie(context.link_keys, request, proof))) return null;
  const row = await readSetupPage(context.billing.sql, setup);
  return row?.collect === true ? row : null;
}

function sendSetup(
  context: Context,
  row: SetupPageRow | null,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (row === null) return sendPage(reply, 404, context.fixed(request).unusable_link);
  const path = context.path(row.id);
  const look = nextLook(request, path);
  const { html, state } = setupPage(row, {
    merchant: context.merchant,
    path,
    form_token: context.links.mint('form', row.id),
    looks_again: look !== null,
    notice: context.billing.timings.debitNotice,
  });
  if (state === 'processing' && look !== null) reply.header('refresh', refreshOf(look));
  return sendPage(reply, 200, html);
}
