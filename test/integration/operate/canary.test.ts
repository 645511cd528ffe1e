/**
 * A canary in every secret, address and token of a run with real processes, errors included; afterwards each log line,
 * each row, each job that ever waited, each mail and each request to Stripe is searched for them.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leaksOf, type Place, tablePlaces } from '../../harness/leaks.ts';
import { forgeJob } from '../../harness/queue-faults.ts';
import { markStartsWorker, queueBackend, redisUrl } from '../../harness/services/services.ts';
import type { Stack } from '../../harness/stack.ts';
import { type CanaryRun, canary, playCanaryRun, queuePlaces } from './canary-run.ts';

const HOOK_MS = 120_000;

let stack: Stack;
let run: CanaryRun;
let places: Place[] = [];

beforeAll(async () => {
  markStartsWorker();
  run = await playCanaryRun((started) => {
    stack = started;
  });
  places = [
    ...(await tablePlaces(stack.sql, 'public')),
    ...run.queued,
    ...(await queuePlaces(stack)),
    { name: 'log', text: stack.allLines().join('\n') },
    { name: 'metrics', text: await (await fetch(`${stack.api_url}/metrics`)).text() },
  ];
}, HOOK_MS);

afterAll(() => stack.close());

describe('after a run with a canary in everything that is secret', () => {
  test('there was something to search', () => {
    const kinds = ['customer', 'setup', 'charge', 'inbox_event', 'message'];
    const jobs = run.queued.map((place) => place.text).join('\n');
    const log = places.find((place) => place.name === 'log')?.text ?? '';
    for (const kind of kinds) expect(jobs).toMatch(new RegExp(`${kind}-[\\w-]{22}`));
    for (const wanted of [
      '"role":"api"',
      'request.answered',
      'row.failed',
      'recovery.pressed',
      'message.failed',
    ])
      expect({ wanted, logged: log.includes(wanted) }).toEqual({ wanted, logged: true });
    expect(places.find((place) => place.name === 'metrics')?.text).toContain('duecourse_');
    expect(places.find((place) => place.name === 'table webhook_endpoints')?.text).toContain('"box": ');
    expect(run.mails.length).toBeGreaterThan(1);
    console.log(
      `canaries on ${queueBackend()}: ${run.canaries.length} planted; ${places.length} tables and queue snapshots, ` +
        `${log.split('\n').length} log lines, ${run.sent.length} requests to Stripe and ${run.mails.length} mails searched`,
    );
  });

  test('none is in a log, a table that must not hold it, an event or a job', () => {
    expect(leaksOf(run.canaries, places)).toEqual([]);
  });

  test('none is in a mail but the link, and none in a request to Stripe but what is Stripe’s', () => {
    expect(leaksOf(run.canaries, run.mails)).toEqual([]);
    expect(leaksOf(run.canaries, run.sent)).toEqual([]);
  });
});

describe('the search itself', () => {
  const planted = { of: 'planted', text: canary() };

  test('finds a canary in a row, in binary, in an event and in a job', async () => {
    await stack.sql`
      insert into idempotency_keys (route, key, request_hash, entity_id, status_code)
      values ('POST /v1/x', 'by hand', ${Buffer.from(planted.text)}, 'chg_x', 202)`;
    await stack.sql`update customers set locale = ${planted.text} where id = (select min(id) from customers)`;
    await stack.sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`update events set facts = facts || ${tx.json({ planted: planted.text })}`;
    });
    process.kill(run.worker.pid, 'SIGSTOP');
    await forgeJob(stack.database_url, redisUrl(), 'charge', { v: 1, ids: [planted.text] });

    const found = leaksOf(
      [planted],
      [...(await tablePlaces(stack.sql, 'public')), ...(await queuePlaces(stack))],
    );

    expect(found).toContain('planted in table idempotency_keys');
    expect(found).toContain('planted in table customers');
    expect(found).toContain('planted in table events');
    expect(found.filter((leak) => leak.startsWith('planted in queue'))).not.toEqual([]);
  });

  test('finds what belongs to one table in every other', () => {
    const email = run.canaries.find((each) => each.of === 'e-mail address');
    if (email === undefined) throw new Error('no address was planted');
    const [customers] = places.filter((place) => place.name === 'table customers');
    expect(leaksOf([{ ...email, allowed: [] }], customers === undefined ? [] : [customers])).toHaveLength(1);
    expect(leaksOf([email], [{ name: 'log', text: `{"to":"${email.text}"}` }])).toHaveLength(1);
  });
});
