/** Places where a secret could have leaked to, as text, and the search for canaries in them. */
import type { Redis } from 'ioredis';
import type { Sql } from '../../src/store/postgres/database.ts';
import { onEachServer } from './services/redis-servers.ts';

/** A text that must be in no place except the allowed ones. */
export type Canary = {
  /** What it stands for; the canary itself is in no error message. */
  readonly of: string;
  readonly text: string;
  /** The beginnings of the places where it belongs, e.g. `table customers`. */
  readonly allowed?: readonly string[];
};

export type Place = { readonly name: string; readonly text: string };

/** Every place that holds a canary, in clear or encoded, and must not. */
export function leaksOf(canaries: readonly Canary[], places: readonly Place[]): string[] {
  const leaks = canaries.flatMap(({ of, text, allowed = [] }) => {
    const forms = formsOf(text);
    return places
      .filter((place) => !allowed.some((name) => place.name.startsWith(name)))
      .filter((place) => forms.some((form) => place.text.includes(form)))
      .map((place) => `${of} in ${place.name}`);
  });
  return [...new Set(leaks)];
}

/** The text as it is, as JSON and form bodies write it, and as binary columns and payloads do. */
function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  const json = JSON.stringify(text).slice(1, -1);
  return [text, json, encodeURIComponent(text), bytes.toString('hex'), base64, bytes.toString('base64url')];
}

/** Every row of every table of a schema. */
export async function tablePlaces(sql: Sql, schema: 'public' | 'bullmq'): Promise<Place[]> {
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = ${schema} and table_type = 'BASE TABLE' order by table_name`;
  const places: Place[] = [];
  for (const { name } of tables) {
    const rows = await sql<{ row: string }[]>`
      select to_jsonb(t)::text as row from ${sql(schema)}.${sql(name)} t`;
    const prefix = schema === 'bullmq' ? 'queue' : 'table';
    places.push({ name: `${prefix} ${name}`, text: rows.map(({ row }) => row).join('\n') });
  }
  return places;
}

/** Every key of a Redis with its value, of any type. */
export async function redisPlaces(url: string): Promise<Place[]> {
  const places = await onEachServer(url, async (redis) => {
    const found: Place[] = [];
    for (const key of await redis.keys('*')) {
      found.push({ name: `queue ${key}`, text: `${key} ${JSON.stringify(await contentOf(redis, key))}` });
    }
    return found;
  });
  return places.flat();
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'stream':
      return redis.xrange(key, '-', '+');
    default:
      return null;
  }
}
