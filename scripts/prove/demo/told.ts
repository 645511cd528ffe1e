/** What the merchant is told in the demo: every notification, its signature checked, beside the feed of events. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { verifyWebhook, type WebhookEvent } from '../../../clients/typescript/src/client.ts';
import type { Merchant } from './merchant.ts';

export type MerchantSite = {
  /** Where customers are sent back to once their card is saved. */
  readonly url: string;
  /** Has every event sent here from now on. */
  subscribe(merchant: Merchant): Promise<void>;
  /** What came, by id, and how many were turned away. */
  told(): { readonly events: ReadonlyMap<string, WebhookEvent>; readonly refused: number };
  close(): void;
};

/** The merchant's site: a page to come back to, and the address of notifications. */
export async function openMerchantSite(): Promise<MerchantSite> {
  const events = new Map<string, WebhookEvent>();
  let secret = '';
  let refused = 0;
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') return response.end('<h1>Thank you</h1>');
    const verdict = verifyWebhook([secret], request.headers, await bodyOf(request));
    if (verdict.outcome === 'refused') refused += 1;
    else events.set(verdict.event.id, verdict.event);
    return response.writeHead(verdict.outcome === 'refused' ? 400 : 204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/saved`,
    subscribe: async (merchant) => {
      const wanted = { url: `${origin}/duecourse`, events: ['*'] };
      ({ secret } = await merchant.post<{ secret: string }>('/v1/webhook_endpoints', wanted, 'endpoint'));
    },
    told: () => ({ events, refused }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const POLL_MS = 500;
const ALL_TOLD_MS = 120_000;

export type Told = {
  /** Notifications that came, each with a good signature, and once in the count however often it came. */
  readonly received: number;
  /** Events that the feed has and that never came, or came otherwise. */
  readonly missing: number;
  readonly refused: number;
};

/** Waits until everything in the feed was notified, and compares. */
export async function compareWithFeed(merchant: Merchant, site: MerchantSite): Promise<Told> {
  const end_ms = performance.now() + ALL_TOLD_MS;
  for (;;) {
    const feed = await readFeed(merchant);
    const { events, refused } = site.told();
    const missing = feed.filter((event) => !isDeepStrictEqual(events.get(event.id), event));
    if (missing.length === 0 || performance.now() > end_ms)
      return { received: events.size, missing: missing.length, refused };
    await wait(POLL_MS);
  }
}

async function readFeed(merchant: Merchant): Promise<WebhookEvent[]> {
  const events: WebhookEvent[] = [];
  for (let after = ''; ; ) {
    const page: { data: WebhookEvent[]; next_cursor: string | null; has_more: boolean } = await merchant.get(
      `/v1/events?limit=100${after}`,
    );
    events.push(...page.data);
    if (!page.has_more || page.next_cursor === null) return events;
    after = `&after=${page.next_cursor}`;
  }
}
