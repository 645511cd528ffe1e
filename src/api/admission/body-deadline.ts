/**
 * A request has to be here whole within a time; an upload of lines only has to go on, by the server's own time for a connection
 * on which nothing happens. Node knows one time for all requests, so it is told that of uploads, and the others are held to theirs here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { isOnItsWay } from './unread-bodies.ts';

/** The longest upload of lines: a million of them over a poor line. Who needs longer sends it again, and it goes on. */
export const LINES_TIMEOUT_MS = 3_600_000;

/** Ends connections whose body has not come whole after so long; uploads of lines are left to go on. */
export function boundBodies(app: FastifyInstance, whole_ms: number): void {
  app.addHook('onRequest', (request, reply, done) => {
    const isUpload = request.routeOptions.config.takesLines === true;
    if (!isUpload && isOnItsWay(request)) hangUpAfter(request.raw, reply.raw, whole_ms);
    done();
  });
}

/** As Node does: with 408 where nothing was answered yet, otherwise without a word. */
function hangUpAfter(raw: IncomingMessage, answer: ServerResponse, whole_ms: number): void {
  const late = setTimeout(() => {
    if (raw.complete) return;
    // One that was injected has no socket.
    if (answer.headersSent || !(raw.socket instanceof Socket)) raw.destroy();
    else raw.socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n', () => raw.destroy());
  }, whole_ms);
  late.unref();
  const clear = (): void => clearTimeout(late);
  raw.once('end', clear).once('close', clear);
}
