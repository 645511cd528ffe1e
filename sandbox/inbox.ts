/**
 * The sandbox's mail catcher: an SMTP server that keeps every mail in memory, and an HTTP server that shows
 * them, so that a demo or a test can follow the links as a customer would. Loopback only.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { domainToASCII } from 'node:url';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { isFromElsewhere } from '../simulator/http/own-callers.ts';

export type InboxMessage = {
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Absolute addresses in the order of their first appearance, text before HTML. */
  readonly links: readonly string[];
  /** ISO 8601. */
  readonly received_at: string;
  readonly message_id: string;
};

export type Inbox = {
  /** For `SMTP_URL`. */
  readonly smtp_url: string;
  /** `GET {inbox_url}/messages`, newest first; `DELETE` empties it. */
  readonly inbox_url: string;
  /** The same without HTTP. */
  messages(): readonly InboxMessage[];
  /** Answers the next deliveries with this instead of keeping them; null keeps them again. */
  refuse(with_: { readonly code: number; readonly at: 'recipient' | 'content' } | null): void;
  close(): Promise<void>;
};

const HOST = '127.0.0.1';
/** A demo sends some hundred mails; a runaway loop must not exhaust the memory. */
const MESSAGES_MAX = 20_000;
const MAIL_BYTES_MAX = 1_000_000;

type Refusal = { readonly code: number; readonly at: 'recipient' | 'content' } | null;

/** Starts both servers; port 0 picks free ones. */
export async function startInbox(
  options: { readonly smtpPort?: number; readonly httpPort?: number } = {},
): Promise<Inbox> {
  const kept: InboxMessage[] = [];
  let refusal: Refusal = null;
  const smtp = smtpServer(
    (mail) => {
      kept.unshift(mail);
      if (kept.length > MESSAGES_MAX) kept.pop();
    },
    () => refusal,
  );
  const http = createServer((request, response) => answer(kept, request, response));
  const smtp_port = await listen(smtp.server, options.smtpPort ?? 0);
  const http_port = await listen(http, options.httpPort ?? 0);
  return {
    smtp_url: `smtp://${HOST}:${smtp_port}`,
    inbox_url: `http://${HOST}:${http_port}`,
    messages: () => [...kept],
    refuse: (next) => {
      refusal = next;
    },
    close: async () => {
      http.closeAllConnections();
      await Promise.all([
        new Promise<void>((resolve) => smtp.close(() => resolve())),
        new Promise<void>((resolve) => http.close(() => resolve())),
      ]);
    },
  };
}

function smtpServer(keep: (mail: InboxMessage) => void, refusal: () => Refusal): SMTPServer {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    // Accept any name and password, because SMTP_URL may contain some.
    allowInsecureAuth: true,
    // Of addresses it takes what real servers do, also dots and underscores at odd places.
    lenientAddressParsing: true,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? '' }),
    size: MAIL_BYTES_MAX,
    logger: false,
    onRcptTo: (_address, _session, done) => {
      const no = refusal();
      done(no?.at === 'recipient' ? refused(no.code) : null);
    },
    onData: (stream, session, done) => {
      const no = refusal();
      if (no?.at === 'content') {
        stream.resume();
        stream.on('end', () => done(refused(no.code)));
        return;
      }
      const envelope = session.envelope.rcptTo.map((to) => asStored(to.address)).join(', ');
      simpleParser(stream, { skipTextToHtml: true, skipHtmlToText: true }).then((mail) => {
        const text = mail.text ?? '';
        const html = mail.html || '';
        keep({
          to: envelope,
          from: mail.from?.text ?? '',
          subject: mail.subject ?? '',
          text,
          html,
          links: linksIn(text, html),
          received_at: new Date().toISOString(),
          message_id: mail.messageId ?? '',
        });
        done();
      }, done);
    },
  });
  // A client that disconnects must not take the catcher down.
  server.on('error', () => {});
  return server;
}

/** As the API answers it, which is what programs look for: without the quotes of `"a..b"@`, the domain in punycode. */
function asStored(address: string): string {
  const at = address.lastIndexOf('@') + 1;
  const local_part = address.slice(0, at).replace(/^"([^"\\]+)"/, '$1');
  return local_part + punycode(address.slice(at));
}

/** The SMTP server shows international domains in their own script. */
function punycode(domain: string): string {
  return /^[\w.-]*$/.test(domain) ? domain : domainToASCII(domain) || domain;
}

function refused(code: number): Error {
  return Object.assign(new Error('refused as asked'), { responseCode: code });
}

function linksIn(text: string, html: string): string[] {
  const inText = [...text.matchAll(/https?:\/\/[^\s<>"')]+/g)].map((match) => match[0]);
  const inHtml = [...html.matchAll(/href="(https?:\/\/[^"]+)"/g)].map((match) => unescaped(match[1] ?? ''));
  return [...new Set([...inText, ...inHtml])];
}

function unescaped(address: string): string {
  return address.replaceAll('&amp;', '&');
}

function answer(kept: InboxMessage[], request: IncomingMessage, response: ServerResponse): void {
  if (isFromElsewhere(request)) return void response.writeHead(403).end();
  const path = new URL(request.url ?? '/', 'http://inbox').pathname;
  if (path !== '/messages') {
    send(response, 404, { error: 'GET or DELETE /messages' });
  } else if (request.method === 'GET') {
    send(response, 200, kept);
  } else if (request.method === 'DELETE') {
    kept.length = 0;
    send(response, 200, { deleted: true });
  } else {
    send(response, 405, { error: 'GET or DELETE /messages' });
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => resolve((server.address() as AddressInfo).port));
  });
}
