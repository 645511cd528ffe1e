/**
 * The backend is terminated at every statement of every path that moves money: once right before the statement, once
 * right after it was committed, its answer lost. Whatever the statement was, nothing is torn, and the charge ends as
 * it ends on a good day. The queue takes no part, hence one of the two backends will do.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../src/store/postgres/database.ts';
import { queueBackend } from '../../harness/services/services.ts';
import { openStatementProxy, type StatementProxy } from '../../harness/statement-proxy.ts';
import { createRecoveryWorld } from '../recovery/recovery-world.ts';
import { expectWhole, expectWrittenAhead, tornRows } from './crash-expectations.ts';
import { beginningsOf, type Life, live, lives } from './crash-lives.ts';
import type { Stage, Subject } from './crash-stage.ts';

/** A hundred lives, one after another. */
const TEST_MS = 1_800_000;
const WRITES = /\b(?:insert into|update|delete from)\b|reserve_pace/;
/** A life that shows fewer has lost its way. */
const STATEMENTS_MIN = 8;

let stage: Stage;
let admin: Database;
let proxy: StatementProxy;

describe.skipIf(queueBackend() !== 'postgres')('the backend killed at every statement of', () => {
  beforeAll(async () => {
    const through = async (databaseUrl: string) => {
      admin = openDatabase({ url: databaseUrl, applicationName: 'admin', connectionsMax: 2 });
      proxy = await openStatementProxy(databaseUrl, admin.sql);
      return proxy.url;
    };
    const world = await createRecoveryWorld({ through });
    await world.simulator.control.webhooks({ paused: true });
    stage = { world, admin: admin.sql };
  });

  afterAll(async () => {
    proxy.arm(null);
    await stage.world.close();
    await proxy.close();
    await admin.close();
  });

  /** One life with one strike; answers the statement that was struck, null when the life has fewer. */
  async function liveStruck(
    life: Life,
    begin: () => Promise<Subject>,
    at: number,
    when: 'before' | 'after',
  ): Promise<string | null> {
    proxy.arm(null);
    const subject = await begin();
    proxy.arm({ at, when });
    await live(stage, life, subject);
    await expectWhole(stage, life, subject);
    return proxy.struck();
  }

  test.each(lives)('$name', { timeout: TEST_MS }, async (life) => {
    const begin = beginningsOf(stage, life);
    const struck: string[] = [];
    let writes = 0;
    for (let at = 1; ; at += 1) {
      const text = await liveStruck(life, begin, at, 'before').catch(told(at, 'before'));
      if (text === null) break;
      struck.push(text);
      // What only reads has no effect whose answer could be lost.
      if (!WRITES.test(text)) continue;
      await liveStruck(life, begin, at, 'after').catch(told(at, 'after'));
      writes += 1;
    }
    console.log(
      `statements of ${life.name}: ${struck.length} struck before, ${writes} that write also after`,
    );
    expect(struck.length).toBeGreaterThanOrEqual(STATEMENTS_MIN);
  });

  /** Which statement it was, for the reader of a failure. */
  const told = (at: number, when: string) => (error: unknown) => {
    const text = (proxy.struck() ?? 'none').replace(/\s+/g, ' ').slice(0, 200);
    throw new Error(`struck ${when} statement ${at}: ${text}`, { cause: error });
  };

  test('leaves no confirm that was not written ahead, key and bytes', async () => {
    expect(await expectWrittenAhead(stage)).toBeGreaterThan(100);
  });

  test('is seen, should one be: a torn row is found', async () => {
    const [life] = lives;
    if (life === undefined) throw new Error('no life');
    // The last life had fewer statements than the one that was to be struck.
    proxy.arm(null);
    const subject = await beginningsOf(stage, life)();
    await live(stage, life, subject);
    expect(await tornRows(stage, subject.charge)).toEqual([]);
    await stage.admin.unsafe(`
      set session_replication_role = replica;
      update charges set state = 'queued' where id = '${subject.charge}';
      update charge_attempts set number = 3 where charge_id = '${subject.charge}';
      set session_replication_role = default`);
    expect(await tornRows(stage, subject.charge)).toEqual([
      'the charge is not what its last transition says',
      'an attempt is not what its last transition says',
      'attempt numbers are not dense',
    ]);
  });
});
