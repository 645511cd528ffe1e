/** How much a body makes us do before it is refused: no more than its length, whatever stands in it. */
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { handleErrors } from '../../../src/api/error-handler.ts';
import { BODY_BYTES_MAX, readJsonBodies } from '../../../src/api/json-body.ts';
import { newCharge } from '../../../src/api/schemas/charge.ts';
import { email, locale, timeZone, webAddress } from '../../../src/api/schemas/text.ts';
import { pastOrFuture } from '../../../src/api/schemas/time.ts';
import { silentLog } from '../../../src/platform/log.ts';

const CARD = '4242424242424242';
const RUNS = 3;
/** Between text of one length; a pattern that begins anew at every character takes thousands. */
const TIMES_MAX = 200;

/** The least that this took of some runs: what else the machine did meanwhile is not in it. */
async function least(work: () => Promise<unknown>): Promise<number> {
  const spans: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const began = performance.now();
    await work();
    spans.push(performance.now() - began);
  }
  return Math.min(...spans);
}

test.each([
  ['quotes that are escaped and never end', '\\"'],
  ['numbers that end badly', '1e'],
  ['brackets', '['],
  ['names', '{"a":'],
])('a body of %s is refused as fast as any that is no JSON', async (_what, piece) => {
  const app = Fastify();
  handleErrors(app, silentLog());
  readJsonBodies(app);
  app.post('/', async () => 'taken');
  const refuse = async (payload: string) => {
    const answer = await app.inject({ method: 'POST', url: '/', headers, payload });
    expect(answer.statusCode).toBe(400);
  };
  const headers = { 'content-type': 'application/json' };
  const bytes = BODY_BYTES_MAX / 4;
  const plain = await least(() => refuse('x'.repeat(bytes)));
  const hostile = await least(() =>
    refuse(`{"amount":1.5,"description":"${piece.repeat(bytes / piece.length)}`),
  );

  expect(hostile).toBeLessThan(plain * TIMES_MAX);
  await app.close();
});

test.each([
  ['a line', newCharge.shape.description],
  ['an address', email],
  ['a language', locale],
  ['a time zone', timeZone],
  ['a web address', webAddress({ httpsOnly: true })],
  ['a moment', pastOrFuture],
])('nothing but its length is looked at of %s that is too long', (_what, schema) => {
  const { error } = schema.safeParse(`\0${CARD} `.repeat(10_000));
  expect(error?.issues).toHaveLength(1);
});

test('a metadata of thousands of labels is not read label by label', () => {
  const labels = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`${CARD}${index}`, CARD]));
  const { error } = newCharge.shape.metadata.safeParse(labels);
  expect(error?.issues.map(({ message }) => message)).toEqual(['must have at most 50 keys']);
});
