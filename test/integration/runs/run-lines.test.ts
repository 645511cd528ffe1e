/** Lines of a run: streamed in, taken once whoever sends them how often, and refused one by one. */
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SavedCustomer } from '../../harness/world.ts';
import { type ApiWorld, createApiWorld } from '../api/api-world.ts';
import { lineFor, newRun, send, shownRun, statuses, verb } from './run-world.ts';

let api: ApiWorld;
let customer: SavedCustomer;
beforeAll(async () => {
  api = await createApiWorld({ limits: { requestTimeoutMs: 200 } });
  customer = await api.world.customer('pm_card_visa');
  await api.world.sql`update customers set reference = 'H-1' where id = ${customer.customer_id}`;
});
afterAll(() => api.close());

const many = (prefix: string, count: number) =>
  Array.from({ length: count }, (_none, place) => lineFor(customer, `${prefix}-${place}`));

/** A POST over a real connection whose body is still to come; `ended`: it was answered whole, or hung up on. */
async function openRequest(path: string) {
  if (!api.app.server.listening) await api.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = api.app.server.address() as AddressInfo;
  const type = path === '/v1/customers' ? 'application/json' : 'application/x-ndjson';
  const headers = { authorization: `Bearer ${api.tokens.all}`, 'content-type': type };
  const sent = request({ port, host: '127.0.0.1', method: 'POST', path, headers });
  const ended = new Promise<void>((resolve) => {
    sent.on('error', () => resolve());
    sent.on('response', (answer) => answer.resume().on('end', resolve));
  });
  return { sent, ended };
}

describe('an upload', () => {
  test('makes a scheduled charge of each line, and none of a line that is refused, which it names', async () => {
    const run = await newRun(api);
    const lines = [
      lineFor(customer, 'a-1'),
      lineFor(customer, 'a-2', { amount: 'much' }),
      lineFor(customer, 'a-3', { customer: 'cst_aaaaaaaaaaaaaaaaaaaaaaaa' }),
      lineFor(customer, 'a-4', { amount: 1 }),
      lineFor(customer, 'a-5', { customer: undefined, customer_reference: 'H-1' }),
    ];
    const sent = await send(api, run, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"a":`);
    expect(sent).toEqual({
      status: 200,
      body: {
        accepted: 2,
        replayed: 0,
        refused: 4,
        errors: expect.arrayContaining([
          { line: 2, reference: 'a-2', code: 'invalid_request', message: expect.stringContaining('amount') },
          { line: 3, reference: 'a-3', code: 'not_found', message: 'customer does not exist' },
          { line: 4, reference: 'a-4', code: 'amount_too_small', message: expect.any(String) },
          { line: 6, reference: null, code: 'invalid_request', message: 'must be JSON' },
        ]),
        errors_left_out: 0,
      },
    });
    expect(await statuses(api, run)).toEqual({
      'a-1': ['scheduled', 'run_draft'],
      'a-5': ['scheduled', 'run_draft'],
    });
    expect(await shownRun(api, run)).toMatchObject({
      counts: { scheduled: 2 },
      sums: [{ currency: 'eur', total: 2_500, open: 2_500 }],
    });
  });

  test('as CSV says the same, with labels and one usage computed exactly', async () => {
    const run = await newRun(api);
    const csv = [
      'reference,customer_reference,currency,description,usage_description,quantity,unit_amount_decimal,metadata[meter]',
      'c-1,H-1,eur,"Power, day",Day rate,1204.375,29.9,m-7',
      'c-2,H-1,eur,"said ""twice""",Day rate,2,1000.25,',
    ].join('\r\n');
    expect(await send(api, run, csv, 'text/csv')).toMatchObject({
      status: 200,
      body: { accepted: 2, refused: 0 },
    });
    const { body } = await api.get('/v1/charges', { query: { run, reference: 'c-1' } });
    expect(body.data[0]).toMatchObject({
      run,
      amount: 36_011,
      description: 'Power, day',
      metadata: { meter: 'm-7' },
      usage: [{ description: 'Day rate', quantity: '1204.375', unit_amount_decimal: '29.9' }],
    });
    const second = await api.get('/v1/charges', { query: { run, reference: 'c-2' } });
    expect(second.body.data[0]).toMatchObject({ amount: 2_001, description: 'said "twice"', metadata: {} });
  });

  test('sent twice is taken in once, and a reference used for something else is refused', async () => {
    const run = await newRun(api);
    const lines = many('twice', 30);
    expect((await send(api, run, lines)).body).toMatchObject({ accepted: 30, replayed: 0 });
    expect((await send(api, run, lines)).body).toMatchObject({ accepted: 0, replayed: 30, refused: 0 });
    const [first] = lines;
    const other = await send(api, run, [{ ...first, reference: 'twice-0', amount: 9_999 }]);
    expect(other.body).toMatchObject({ accepted: 0, refused: 1, errors: [{ code: 'reference_taken' }] });
  });

  test('sent twice at once is taken in once, whoever wins each line', async () => {
    const run = await newRun(api);
    const lines = many('beside', 700);
    const [a, b] = await Promise.all([send(api, run, lines), send(api, run, lines)]);
    const sum = (name: string) => Number(a.body[name]) + Number(b.body[name]);
    expect([sum('accepted'), sum('replayed'), sum('refused')]).toEqual([700, 700, 0]);
    expect(await shownRun(api, run)).toMatchObject({ counts: { scheduled: 700 } });
  });

  test('may take longer than any other request', async () => {
    const run = await newRun(api);
    const [upload, other] = await Promise.all([
      openRequest(`/v1/runs/${run}/charges`),
      openRequest('/v1/customers'),
    ]);
    upload.sent.write(`${JSON.stringify(lineFor(customer, 'long-1'))}\n`);
    other.sent.write('{');
    await other.ended;
    upload.sent.end(JSON.stringify(lineFor(customer, 'long-2')));
    await upload.ended;
    expect(await shownRun(api, run)).toMatchObject({ counts: { scheduled: 2 } });
  });

  test('cut in the middle keeps what had come, and goes on when it is sent again', async () => {
    const run = await newRun(api);
    const lines = many('cut', 1_500).map((line) => `${JSON.stringify(line)}\n`);
    const { sent: upload } = await openRequest(`/v1/runs/${run}/charges`);
    upload.write(lines.slice(0, 800).join(''));
    const taken = async () => {
      const [row] = await api.world.sql<
        { n: number }[]
      >`select count(*)::int as n from charges where run_id = ${run}`;
      return row?.n ?? 0;
    };
    await expect.poll(taken).toBe(500);
    const closed = new Promise((resolve) => upload.on('close', resolve));
    upload.destroy();
    await closed;
    const again = await send(api, run, lines.join(''));
    expect(again.body).toMatchObject({ accepted: 1_500 - Number(again.body.replayed), refused: 0 });
    expect(Number(again.body.replayed)).toBeGreaterThanOrEqual(500);
    expect(await taken()).toBe(1_500);
  });

  test('of a line that breaks its batch leaves the others: a one-time consent covers one of two', async () => {
    const run = await newRun(api);
    const once_only = await api.world.customer('pm_card_visa');
    await api.world.sql`update consents set frequency = 'one_time' where id = ${once_only.consent_id}`;
    const sent = await send(api, run, [
      lineFor(customer, 'mixed-1'),
      lineFor(once_only, 'mixed-2'),
      lineFor(once_only, 'mixed-3'),
      lineFor(customer, 'mixed-4'),
    ]);
    expect(sent.body).toMatchObject({ accepted: 3, refused: 1, errors: [{ code: 'consent_used' }] });
  });

  test('of another type, to no run, or to one that has started is refused, and nothing is written', async () => {
    const run = await newRun(api);
    expect((await send(api, run, 'x', 'text/plain')).status).toBe(415);
    expect((await send(api, 'run_aaaaaaaaaaaaaaaaaaaaaaaa', many('no', 1))).status).toBe(404);
    await verb(api, run, 'start');
    expect(await send(api, run, many('late', 1))).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await statuses(api, run)).toEqual({});
  });

  test('that outlives the draft finds it started: no line comes in beside the start', async () => {
    const run = await newRun(api);
    const [sent] = await Promise.all([send(api, run, many('race', 1_200)), verb(api, run, 'start')]);
    const { counts } = (await shownRun(api, run)) as unknown as { counts: Record<string, number> };
    const there = Object.values(counts).reduce((sum, n) => sum + n, 0);
    if (sent.status === 200) expect(sent.body).toMatchObject({ accepted: there, refused: 1_200 - there });
    else expect(there).toBe(0);
  });
});
