/** The API in front of a world, with merchants' endpoints that are receivers on this machine. */
import { startInbox } from '../../../sandbox/inbox.ts';
import { numberEventsOnce } from '../../../src/billing/events/number-events.ts';
import { type ApiWorld, type Body, createApiWorld } from '../api/api-world.ts';
import { type Receiver, startReceiver } from './receiver.ts';

export type NotifyWorld = Awaited<ReturnType<typeof createNotifyWorld>>;

export async function createNotifyWorld(options: Parameters<typeof createApiWorld>[0] = {}) {
  const inbox = await startInbox();
  const { hostname, port } = new URL(inbox.smtp_url);
  const api = await createApiWorld({ smtp: { host: hostname, port: Number(port) }, ...options });
  const receivers: Receiver[] = [];
  const { world } = api;
  return {
    ...api,
    inbox,
    /** A receiver, and the endpoint that leads to it. */
    async endpoint(events: readonly string[] = ['*'], more: object = {}) {
      const receiver = await startReceiver();
      receivers.push(receiver);
      const { status, body } = await api.post('/v1/webhook_endpoints', {
        url: receiver.url,
        events,
        ...more,
      });
      if (status !== 201) throw new Error(`no endpoint: ${JSON.stringify(body)}`);
      receiver.trust(String(body.secret));
      return { receiver, id: body.id, secret: String(body.secret) };
    },
    /** Numbers what has happened, then does everything that is due. */
    async tell() {
      while (await numberEventsOnce(world.deps));
      await world.work();
    },
    number: async () => {
      while (await numberEventsOnce(world.deps));
    },
    /** Makes customers, each of which tells one event: `customer.created`. Returns their ids. */
    async happen(count = 1): Promise<string[]> {
      const made: string[] = [];
      for (let n = 0; n < count; n += 1)
        made.push((await api.post('/v1/customers', { email: 'robin@example.test' })).body.id);
      return made;
    },
    pass: async (seconds: number) => {
      await world.advance(seconds);
      await world.work();
    },
    deliveries: async (endpoint: string, query: Record<string, string> = {}): Promise<readonly Body[]> =>
      (await api.get(`/v1/webhook_endpoints/${endpoint}/deliveries`, { query: { limit: '100', ...query } }))
        .body.data,
    async close() {
      await api.close();
      await inbox.close();
      for (const receiver of receivers) await receiver.close();
    },
  };
}

export type { ApiWorld };
