import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorAnswer } from '../http/dispatch.ts';
import type { World } from '../world/world.ts';
import { showSession, submitSession } from './checkout.ts';
import { type PageAnswer, pageNotFound } from './page-answer.ts';
import { answerChallenge, showChallenge } from './three-d-secure.ts';

/** The pages a customer sees at Stripe: the bank's challenge and Checkout. */
export function answerPage(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: string,
  body: string,
): void {
  try {
    write(response, route(world, request.method ?? 'GET', path, query, body));
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
  return pageNotFound();
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
