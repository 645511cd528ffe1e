/** A mail server that offers no STARTTLS, or whose offer somebody has taken out on the way. */

import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createRecoveryPorts } from '../../../src/recovery/mail/mailer.ts';

let server: Server | undefined;
let sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  server?.close();
});

/** Takes everything, in the clear; `heard` is what it was told. */
async function openServer(): Promise<{ port: number; heard: string[] }> {
  const heard: string[] = [];
  const answer = (line: string): string => {
    if (/^EHLO/.test(line)) return '250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n';
    if (/^AUTH/.test(line)) return '235 ok\r\n';
    return /^DATA/.test(line) ? '354 go on\r\n' : '250 ok\r\n';
  };
  const opened = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write('220 mail.example\r\n');
    socket.on('data', (chunk) => {
      const text = chunk.toString();
      heard.push(text);
      socket.write(answer(text));
    });
  });
  server = opened;
  await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve));
  return { port: (opened.address() as AddressInfo).port, heard };
}

async function send(requireTls: boolean) {
  const { port, heard } = await openServer();
  const auth = { user: 'billing', pass: 'canary-password' };
  const ports = createRecoveryPorts({
    smtp: { host: '127.0.0.1', port, secure: false, requireTls, auth },
    from: 'billing@example.test',
    merchant: { name: 'Powerline', support_email: 'help@example.test' },
    link_keys: [{ kid: 'k1', secret: 'a-link-secret-of-at-least-32-characters' }],
    public_url: 'https://pay.example.test',
  });
  const answer = await ports.sendMail(
    {
      message_id: 'msg_1',
      step: 'opened',
      kind: 'authenticate',
      was_tried: true,
      to: 'robin@example.test',
      locale: null,
      amount_minor: 4_299,
      currency: 'eur',
      description: 'Power in October',
      card: null,
      new_card: null,
      expires_at: new Date('2026-03-08T12:00:00Z'),
      on_expiry: 'close',
      retry_at: null,
      document: null,
      others: [],
      more: 0,
      link: 'https://pay.example.test/r/canary-link',
    },
    new AbortController().signal,
  );
  ports.close();
  return { answer, heard: heard.join('') };
}

test('gets neither password nor mail where TLS is required, and is tried again later', async () => {
  const { answer, heard } = await send(true);

  expect(answer.kind).toBe('unavailable');
  expect(heard).toMatch(/^EHLO/);
  expect(heard).not.toMatch(/AUTH|MAIL FROM|canary/);
});

test('gets both on a private network', async () => {
  const { heard } = await send(false);

  expect(heard).toMatch(/AUTH PLAIN/);
});
