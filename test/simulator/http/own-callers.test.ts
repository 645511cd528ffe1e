/** Who may steer what stands on this machine without a key: its own programs and pages, and no page of the internet. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Inbox, startInbox } from '../../../sandbox/inbox.ts';
import { openSimulator } from '../stage/open-simulator.ts';

const opened = openSimulator();
let inbox: Inbox;

beforeAll(async () => {
  inbox = await startInbox();
});
afterAll(() => inbox.close());

/** As a browser asks that a page has led to this machine: `fetch` would not name another host. */
async function statusOf(method: string, address: string, headers: Record<string, string>): Promise<number> {
  const sent = request(address, { method, headers }).end(method === 'POST' ? '{}' : undefined);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode ?? 0;
}

const doors = (): [method: string, address: string][] => [
  ['GET', `${opened.sim.url}/_sim/ledger`],
  ['POST', `${opened.sim.url}/_sim/keys`],
  ['GET', `${opened.sim.url}/dashboard`],
  ['GET', `${inbox.inbox_url}/messages`],
  ['DELETE', `${inbox.inbox_url}/messages`],
];

describe.each(['evil.example', 'evil.example:8080', 'localhost.evil.example', '127.0.0.1.evil.example'])(
  'a name that somebody pointed at this machine, "%s"',
  (host) => {
    test('opens nothing', async () => {
      for (const [method, address] of doors())
        expect([method, address, await statusOf(method, address, { host })]).toEqual([method, address, 403]);
    });
  },
);

test.each(['127.0.0.1:9', 'localhost:9', '[::1]:9', 'simulator:12111'])(
  '%s is this machine',
  async (host) => {
    for (const [method, address] of doors())
      expect([method, address, await statusOf(method, address, { host })]).not.toContain(403);
  },
);

test('a page of another site changes nothing, whatever name it uses', async () => {
  const headers = { 'sec-fetch-site': 'cross-site' };
  for (const [method, address] of doors().filter(([method]) => method !== 'GET'))
    expect([address, await statusOf(method, address, headers)]).toEqual([address, 403]);
});
