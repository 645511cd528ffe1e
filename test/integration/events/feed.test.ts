/** `GET /v1/events`: an order that never changes, from which nobody who goes on from the last one misses anything. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { numberEventsOnce } from '../../../src/billing/events/number-events.ts';
import { randomId } from '../../../src/platform/ids.ts';
import type { Sql } from '../../../src/store/postgres/database.ts';
import { type ApiWorld, bodyOf, createApiWorld } from '../api/api-world.ts';

type Event = {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly data: { readonly object: Record<string, unknown> };
};
type Page = { readonly data: Event[]; readonly next_cursor: string | null; readonly has_more: boolean };

type Queries = Sql | Parameters<Parameters<Sql['begin']>[1]>[0];

let api: ApiWorld;
beforeEach(async () => {
  api = await createApiWorld();
});
afterEach(() => api.close());

async function number(): Promise<void> {
  while (await numberEventsOnce(api.world.deps));
}

async function page(query: Record<string, string> = {}): Promise<Page> {
  const { status, body } = await api.get('/v1/events', { query });
  expect(status).toBe(200);
  return body as unknown as Page;
}

/** Everything from a cursor on, page by page, each from the last id of the one before. */
async function readOn(from: string | null, limit = '7'): Promise<Event[]> {
  const read: Event[] = [];
  for (let cursor = from; ; ) {
    const { data } = await page({ limit, ...(cursor === null ? {} : { after: cursor }) });
    if (data.length === 0) return read;
    read.push(...data);
    cursor = data.at(-1)?.id ?? null;
  }
}

async function bear(sql: Queries = api.world.sql): Promise<string> {
  const id = randomId('cst');
  await sql`insert into customers (id, state, email) values (${id}, 'queued', 'robin@example.test')`;
  return id;
}

describe('a reader', () => {
  test('misses none and reads none twice, while transactions commit in any order and one is held open', async () => {
    const born: string[] = [];
    const server = await api.world.sql.reserve();
    await server`begin`;
    const held = await bear(server);

    let isOver = false;
    const reader = async () => {
      const read: Event[] = [];
      for (let last = false; !last; ) {
        last = isOver;
        read.push(...(await readOn(read.at(-1)?.id ?? null)));
      }
      return read.map(({ data }) => data.object.id);
    };
    const readers = [reader(), reader(), reader()];
    const counting = (async () => {
      while (!isOver) await number();
    })();
    const write = async () => {
      for (let left = 50; left > 0; left -= 1) {
        await api.world.sql.begin(async (tx) => {
          born.push(await bear(tx));
          await tx`select pg_sleep(random() * 0.01)`;
        });
      }
    };
    await Promise.all([write(), write(), write(), write()]);
    await number();
    const meanwhile = (await readOn(null, '100')).map(({ data }) => data.object.id);
    expect(meanwhile).toHaveLength(200);
    expect(meanwhile).not.toContain(held);
    await server`commit`;
    server.release();
    await number();
    isOver = true;
    await counting;

    for (const ids of await Promise.all(readers)) {
      expect(ids).toEqual([...meanwhile, held]);
      expect([...ids].sort()).toEqual([...born, held].sort());
    }
  });

  test('finds an event only once it has its number, and the number never changes', async () => {
    const first = await bear();
    expect(await page()).toEqual({ data: [], next_cursor: null, has_more: false });
    await number();
    const before = await page();
    await bear();
    await number();
    expect(before.data.map(({ data }) => data.object.id)).toEqual([first]);
    expect((await page({ limit: '1' })).data).toEqual(before.data);
  });

  test('asks for types and for one object', async () => {
    const saved = await api.world.customer('pm_card_visa');
    const { body: charge } = await api.post('/v1/charges', bodyOf(saved));
    await api.post('/v1/charges', bodyOf(saved));
    await api.world.work();
    await number();

    const typesOf = async (query: Record<string, string>) => (await page(query)).data.map(({ type }) => type);
    expect(await typesOf({ object: charge.id })).toEqual(['charge.created', 'charge.succeeded']);
    expect(await typesOf({ type: 'charge.succeeded' })).toEqual(['charge.succeeded', 'charge.succeeded']);
    expect(await typesOf({ type: 'charge.*', object: charge.id })).toHaveLength(2);
    expect(new Set(await typesOf({ type: 'customer.*' }))).toEqual(new Set(['customer.created']));
  });

  test.each([
    [{ type: 'charge.exploded' }, 'type'],
    [{ type: '*.created' }, 'type'],
    [{ after: 'chg_x' }, 'after'],
    [{ after: 'dce_x' }, 'after'],
    [{ limit: '101' }, 'limit'],
    [{ object: 'a b' }, 'object'],
  ])('is told which field is wrong: %o', async (query, path) => {
    const { status, body } = await api.get('/v1/events', { query });
    expect([status, body.code, body.errors.map((error) => error.path)]).toEqual([
      400,
      'invalid_request',
      [path],
    ]);
  });
});

describe('a cursor', () => {
  test('of an event that nobody knows is gone', async () => {
    const { status, body } = await api.get('/v1/events', { query: { after: randomId('dce') } });
    expect([status, body.code]).toEqual([410, 'cursor_gone']);
  });

  test('a cursor from before a loss is gone, and one that was read since goes on', async () => {
    await bear();
    await bear();
    await number();
    const [before] = (await page()).data;
    await api.world.sql`select note_loss('restored', null, null, true)`;
    const last = await bear();
    await number();

    const refused = await api.get('/v1/events', { query: { after: before?.id ?? '' } });
    expect([refused.status, refused.body.code]).toEqual([410, 'cursor_gone']);
    const again = await page({ limit: '1' });
    expect(again.data).toEqual([before]);
    const rest = await page({ after: again.next_cursor ?? '' });
    expect(rest.data.map(({ data }) => data.object.id)).toContain(last);
    expect((await page({ after: rest.next_cursor ?? '' })).next_cursor).toBe(rest.next_cursor);
  });

  test('outlives a change of the database that lost nothing', async () => {
    await bear();
    await number();
    const [before] = (await page()).data;
    await api.world.sql`select note_loss('database_changed', null, null, false)`;
    await bear();
    await number();
    expect((await page({ after: before?.id ?? '' })).data).toHaveLength(1);
  });
});
