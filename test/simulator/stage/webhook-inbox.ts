import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { closeServer } from './schema-check.ts';
import { objectComplaints } from './schemas.ts';

export type Delivery = { event: Stripe.Event; raw: string; headers: IncomingHttpHeaders; status: number };

/**
 * An endpoint for the simulator's webhooks: verifies the signature with Stripe's own code, holds
 * `data.object` and the event itself against the schema, keeps what came in the order of arrival, and
 * answers as it is told.
 */
export type WebhookInbox = {
  url: string;
  secret: string;
  deliveries: Delivery[];
  /** The next answers' status codes, 200 when the list is used up. */
  answerWith: (...statuses: number[]) => void;
  takeComplaints: () => string[];
  close: () => Promise<void>;
};

const secret = 'whsec_the_inbox_of_the_simulator_tests';

export async function startWebhookInbox(): Promise<WebhookInbox> {
  const deliveries: Delivery[] = [];
  const complaints: string[] = [];
  const statuses: number[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const raw = Buffer.concat(chunks).toString();
      const status = statuses.shift() ?? 200;
      const event = verified(raw, String(incoming.headers['stripe-signature']), complaints);
      if (event !== undefined) deliveries.push({ event, raw, headers: incoming.headers, status });
      outgoing.writeHead(status, status >= 300 && status < 400 ? { location: '/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    secret,
    deliveries,
    answerWith: (...next) => statuses.push(...next),
    takeComplaints: () => complaints.splice(0),
    close: () => closeServer(server),
  };
}

function verified(raw: string, signature: string, complaints: string[]): Stripe.Event | undefined {
  try {
    // Tolerance 0 leaves the age out: a manual clock may stand far from the machine's.
    const event = Stripe.webhooks.constructEvent(raw, signature, secret, 0);
    for (const part of [event, event.data.object]) {
      complaints.push(...objectComplaints(part).map((each) => `webhook ${event.type}: ${each}`));
    }
    return event;
  } catch (cause) {
    complaints.push(`webhook refused: ${String(cause)} ${raw.slice(0, 200)}`);
    return undefined;
  }
}
