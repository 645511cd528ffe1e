import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorAnswer } from '../http/dispatch.ts';
import { isFromElsewhere } from '../http/own-callers.ts';
import type { World } from '../world/world.ts';
import { showSession, submitSession } from './checkout.ts';
import { pressDashboard, showDashboard } from './dashboard/dashboard.ts';
import { page } from './html.ts';
import { type PageAnswer, pageNotFound } from './page-answer.ts';
import { answerChallenge, showChallenge } from './three-d-secure.ts';

/** The pages a customer sees at Stripe, the bank's challenge and Checkout, and the merchant's dashboard. */
export function answerPage(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: string,
  body: string,
): void {
  try {
    const isRefused = path.startsWith('/dashboard') && isFromElsewhere(request);
    write(response, isRefused ? refusal() : route(world, request.method ?? 'GET', path, query, body));
  } catch (error) {
    const { status, body: text } = errorAnswer(error);
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  }
}

function route(world: World, method: string, path: string, query: string, body: string): PageAnswer {
  const [, first = '', second = '', third = ''] = path.split('/');
  if (first === '3ds' && second !== '' && third === '') {
    if (method === 'GET') return showChallenge(world, second, query);
    if (method === 'POST') return answerChallenge(world, second, query, body);
  }
  if (first === 'c' && second === 'pay' && third !== '') {
    if (method === 'GET') return showSession(world, third);
    if (method === 'POST') return submitSession(world, third, body);
  }
  if (first === 'dashboard') {
    const parts = path.split('/').slice(2);
    if (method === 'GET') return showDashboard(world, parts, query);
    if (method === 'POST') return pressDashboard(world, parts, body);
  }
  return pageNotFound();
}

function refusal(): PageAnswer {
  return { status: 403, html: page('Refused', '<h1>Refused</h1><p>Another site sent this.</p>') };
}

function write(response: ServerResponse, answer: PageAnswer): void {
  if (answer.status === 303) {
    response.writeHead(303, { location: answer.location, 'cache-control': 'no-store' }).end();
    return;
  }
  response.writeHead(answer.status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(answer.html);
}
