/**
 * Our own set-up page, for merchants without one: what the customer agrees to, the press that agrees, on to Checkout,
 * and back to what is saved. The same walls as around the recovery's pages: the link is exchanged for a cookie and a
 * clean address, GET writes nothing but what Stripe says on the return, and a POST needs cookie, form token and Origin.
 *
 * An authentic link of a setup that is over opens a page that says so; there is nothing to press on it. Any other bad
 * link gets the same bytes.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Dependencies } from '../../billing/dependencies.ts';
import { pressSetup, readSetupAfterReturn } from '../../billing/setup/press-setup.ts';
import { readSetupPage, type SetupPageRow } from '../../store/setup/setup-page.ts';
import type { LinkKeys } from '../link/link.ts';
import { claimedSetup, isSetupId, type SetupLinks, setupLinks } from '../link/setup-link.ts';
import { cookieFor, hasCookie, isOwnOrigin, sendPage } from '../page/page-guard.ts';
import { formOf, registerPageScope, sendUnavailable } from '../page/page-scope.ts';
import { evidenceOf } from '../page/press.ts';
import type { Merchant } from '../words/facts.ts';
import { type FixedSetupPages, fixedSetupPages, setupPage } from './setup-answers.tsx';
import { setupView } from './setup-state.ts';

export type SetupPages = {
  readonly billing: Dependencies;
  readonly link_keys: LinkKeys;
  readonly merchant: Merchant;
  /** The simulator's address, whose pages are not https; null against Stripe itself. */
  readonly stripe_api_url: string | null;
};

type Context = SetupPages & {
  readonly links: SetupLinks;
  readonly fixed: FixedSetupPages;
  readonly origin: string;
  readonly base_path: string;
};
type OfToken = { Params: { token: string } };
type OfPage = { Params: { setup: string } };
type PageRequest = FastifyRequest<OfPage>;

/** Registers everything under `/s`. */
export function registerSetupPages(app: FastifyInstance, pages: SetupPages): void {
  const { billing, link_keys, merchant, stripe_api_url } = pages;
  const { origin, pathname } = new URL(billing.recovery.public_url);
  const base_path = pathname.replace(/\/+$/, '');
  const fixed = fixedSetupPages(merchant);
  const context: Context = { ...pages, links: setupLinks(billing, link_keys), fixed, origin, base_path };
  registerPageScope(app, {
    prefix: '/s',
    origin,
    stripe_api_url,
    log: billing.log,
    fixed,
    routes: (scope) => {
      scope.get<OfToken>('/:token', (request, reply) => openLink(context, request.params.token, reply));
      scope.get<OfPage>('/page/:setup', (request, reply) => showPage(context, request, reply));
      scope.get<OfPage>('/page/:setup/return', (request, reply) => comeBack(context, request, reply));
      scope.post<OfPage>('/page/:setup/accept', (request, reply) => accept(context, request, reply));
      scope.all('/*', (_request, reply) => sendPage(reply, 404, fixed.unusable_link));
    },
  });
}

/** Exchanges the link for a cookie and an address without a secret. */
async function openLink(context: Context, token: string, reply: FastifyReply): Promise<FastifyReply> {
  const { billing, links, fixed } = context;
  const id = claimedSetup(token);
  const row = id !== null && links.is('link', id, token) ? await readSetupPage(billing.sql, id) : null;
  if (row === null || !row.collect) return sendPage(reply, 404, fixed.unusable_link);
  const view = setupView(row);
  // Nothing is left to press on it, and nothing to come: no cookie for it.
  if (view.offer === null && !view.check_again) return sendSetup(context, row, reply);
  const path = pathOf(context, row.id);
  const secure = context.origin.startsWith('https:');
  const [newest] = links.rows(row.id);
  const hours = billing.timings.pageCookieHours;
  const cookie = cookieFor(context.link_keys, newest, { path, hours, secure });
  return reply.header('set-cookie', cookie).redirect(path, 303);
}

async function showPage(context: Context, request: PageRequest, reply: FastifyReply): Promise<FastifyReply> {
  const row = await provenRow(context, request);
  if (row === null) return sendPage(reply, 404, context.fixed.unusable_link);
  return sendSetup(context, row, reply);
}

/** Back from Checkout. What the address says is dropped by a redirect, and never believed. */
async function comeBack(context: Context, request: PageRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { setup } = request.params;
  if (request.url.includes('?') && isSetupId(setup))
    return reply.redirect(`${pathOf(context, setup)}/return`, 303);
  const row = await provenRow(context, request);
  if (row === null) return sendPage(reply, 200, context.fixed.back_from_checkout);
  if (row.state === 'awaiting_customer' || row.state === 'processing')
    await readSetupAfterReturn(context.billing, row.id);
  return sendSetup(context, await readSetupPage(context.billing.sql, row.id), reply);
}

async function accept(context: Context, request: PageRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { billing, links, fixed } = context;
  const row = isOwnOrigin(request, context.origin) ? await provenRow(context, request) : null;
  const token = formOf(request).form_token;
  if (row === null || token === undefined || !links.is('form', row.id, token))
    return sendPage(reply, 403, fixed.refused_press);
  const evidence = evidenceOf(request.ip, request.headers['user-agent']);
  const pressed = await pressSetup(billing, { setup_id: row.id, ...evidence });
  billing.log.info({ event: 'setup.pressed', setupId: row.id, outcome: pressed.outcome });
  if (pressed.outcome === 'unavailable') return sendUnavailable(reply, fixed);
  return reply.redirect(pressed.outcome === 'redirect' ? pressed.url : pathOf(context, row.id), 303);
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

function sendSetup(context: Context, row: SetupPageRow | null, reply: FastifyReply): FastifyReply {
  if (row === null) return sendPage(reply, 404, context.fixed.unusable_link);
  const { html } = setupPage(row, {
    merchant: context.merchant,
    path: pathOf(context, row.id),
    form_token: context.links.mint('form', row.id),
  });
  return sendPage(reply, 200, html);
}

/** Where a setup's pages live: every route behind the link is below it, and so is the cookie. */
function pathOf(context: Context, setup_id: string): string {
  return `${context.base_path}/s/page/${setup_id}`;
}
