/**
 * What the pages behind links have in common, a recovery's and a setup's: a link that becomes a cookie and a clean
 * address, HTML, small forms, a strict policy, no log line, kind errors, and where a press leads.
 */
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Dependencies } from '../../billing/dependencies.ts';
import type { LinkRow } from '../../billing/recovery-ports.ts';
import type { SetupPressed } from '../../billing/setup/press-setup.ts';
import { isAppError } from '../../platform/errors.ts';
import type { LinkKeys } from '../link/link.ts';
import type { Merchant } from '../words/facts.ts';
import { acceptedLanguage, type Language } from '../words/languages.ts';
import { comeBackTo, nextLook, type PageLook, refreshOf } from './look-again.ts';
import { cookieFor, pageHeaders, sendPage } from './page-guard.ts';

type ErrorPages = Readonly<Record<'refused_press' | 'no_checkout' | 'not_taken' | 'cannot_show', string>>;

export type PageSettings = {
  readonly billing: Dependencies;
  readonly link_keys: LinkKeys;
  readonly merchant: Merchant;
  /** The simulator's address, whose pages are not https; null against Stripe itself. */
  readonly stripe_api_url: string | null;
  /** Gives up a request's place among those at work while it waits. Throws `overloaded` if too many wait. */
  readonly leaveRoom?: (request: FastifyRequest) => void;
};

export type AnswerFailedPost = (
  request: FastifyRequest,
  reply: FastifyReply,
  how: 'shed' | 'failed',
) => FastifyReply;

/** One kind of pages: `/r/page/<recovery>` or `/s/page/<setup>`. */
export type PageScope<Fixed extends ErrorPages = ErrorPages> = PageSettings & {
  readonly prefix: '/r' | '/s';
  /** In the language that the request's browser asks for. */
  readonly fixed: (request: FastifyRequest) => Fixed;
  /** What a POST gets that was turned away at the door (`shed`), or that threw outside of what it is for (`failed`). */
  readonly answerFailedPost: AnswerFailedPost;
  /** Our own origin, as customers see it. */
  readonly origin: string;
  /** Where the pages of one recovery or setup live: below it are every route behind the link. */
  readonly path: (id: string) => string;
  /** Where its cookie is sent: a recovery's also to the customer's other bills. */
  readonly cookiePath: (id: string) => string;
};

/** The pages that are the same for every visitor, rendered once in each language that somebody asks for. */
export function fixedByLanguage<Fixed>(
  render: (language: Language) => Fixed,
): (request: FastifyRequest) => Fixed {
  const rendered = new Map<Language, Fixed>();
  return ({ headers }) => {
    const language = acceptedLanguage(headers['accept-language']);
    const pages = rendered.get(language) ?? render(language);
    rendered.set(language, pages);
    return pages;
  };
}

/** The pages of one kind at this deployment's public address. */
export function pageScope<Fixed extends ErrorPages>(
  settings: PageSettings,
  kind: Pick<PageScope<Fixed>, 'prefix' | 'fixed' | 'answerFailedPost'>,
): PageScope<Fixed> {
  const { origin, pathname } = new URL(settings.billing.recovery.public_url);
  const base = `${pathname.replace(/\/+$/, '')}${kind.prefix}/page`;
  const path = (id: string): string => `${base}/${id}`;
  const cookiePath = kind.prefix === '/r' ? () => base : path;
  return { ...settings, ...kind, origin, path, cookiePath };
}

const FORM_BYTES_MAX = 8_192;
const RETRY_AFTER_S = '30';

/** Registers pages in a context of their own. Their requests are not logged: the addresses hold tokens. */
export function registerPageScope(
  app: FastifyInstance,
  pages: PageScope,
  routes: (scope: FastifyInstance) => void,
): void {
  const simulator = pages.stripe_api_url === null ? null : new URL(pages.stripe_api_url).origin;
  const headers = pageHeaders(pages.origin, simulator, pages.merchant);
  app.register(
    async (scope) => {
      // A form is all that a page sends; what it cannot send nobody needs to.
      scope.removeAllContentTypeParsers();
      await scope.register(formbody, { bodyLimit: FORM_BYTES_MAX });
      scope.addHook('onSend', async (_request, reply) => {
        reply.headers(headers);
      });
      scope.setErrorHandler((error, request, reply) => answerError(pages, error, request, reply));
      routes(scope);
    },
    { prefix: pages.prefix, logLevel: 'silent' },
  );
}

/** Exchanges a proven link for a cookie and an address without a secret. */
export function exchangeLink(pages: PageScope, row: LinkRow, reply: FastifyReply): FastifyReply {
  const path = pages.cookiePath(row.id);
  const hours = pages.billing.timings.pageCookieHours;
  const cookie = cookieFor(pages.link_keys, row, { path, hours, secure: pages.origin.startsWith('https:') });
  return reply.header('set-cookie', cookie).redirect(pages.path(row.id), 303);
}

/**
 * Drops the query that Stripe added to the return address, before anything else happens: we never believe it, and it
 * may hold a secret that must not stay in the browser's history. Null when there is nothing to drop.
 */
export function dropQuery(
  pages: PageScope,
  request: FastifyRequest,
  id: string,
  reply: FastifyReply,
): FastifyReply | null {
  return request.url.includes('?') ? reply.redirect(`${pages.path(id)}/return`, 303) : null;
}

/** Where a press leads: to Stripe or a bank, back to our page, or to a page that says that it led nowhere yet. */
export function follow(
  pages: PageScope,
  next: SetupPressed,
  id: string,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (next.outcome === 'unavailable')
    return sendForNow(pages.fixed(request).no_checkout, reply, comeBackTo(pages.path(id)));
  return reply.redirect(next.outcome === 'redirect' ? next.url : pages.path(id), 303);
}

/** Single text fields of the form; repeated ones count as absent. */
export function formOf(request: FastifyRequest): Readonly<Record<string, string | undefined>> {
  const { body } = request;
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(Object.entries(body).filter(([, value]) => typeof value === 'string'));
}

/** 503, after which a browser looks by itself where its customer's payment or set-up stands. */
export function sendForNow(html: string, reply: FastifyReply, look: PageLook | null): FastifyReply {
  if (look !== null) reply.header('refresh', refreshOf(look));
  return sendPage(reply.header('retry-after', RETRY_AFTER_S), 503, html);
}

/** What was thrown, in our log. Too many requests at once are counted at the door: nothing to look into here. */
export function logFailure(pages: PageScope, error: unknown, request: FastifyRequest): void {
  if (isAppError(error, 'overloaded')) return;
  pages.billing.log.error({
    event: 'page.failed',
    route: request.routeOptions.url ?? pages.prefix,
    err: error,
  });
}

/** The same address again. The return drops every query, and the count of looks with it: from there, its page. */
function lookAtSame(request: FastifyRequest): PageLook | null {
  const [, page] = /\/page\/([a-z0-9_]+)\/return(?:\?|$)/.exec(request.url) ?? [];
  return nextLook(request, page === undefined ? '' : `../${page}`);
}

function answerError(
  pages: PageScope,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  const is_shed = isAppError(error, 'overloaded');
  if (!is_shed && status >= 400 && status < 500)
    return sendPage(reply, status, pages.fixed(request).refused_press);
  logFailure(pages, error, request);
  if (request.method !== 'POST') {
    return sendForNow(pages.fixed(request).cannot_show, reply, lookAtSame(request));
  }
  return pages.answerFailedPost(request, reply, is_shed ? 'shed' : 'failed');
}
