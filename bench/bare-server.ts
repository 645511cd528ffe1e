/**
 * The least that a server could do in our place: Fastify, the same body, one insert into the same database, 202. No key,
 * no check, no replay, no queue. Its first line of stdout is `{url}`; SIGTERM ends it.
 */
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import Fastify from 'fastify';
import postgres from 'postgres';

const { values } = parseArgs({ options: { 'database-url': { type: 'string', default: '' } } });
// As many connections as ours.
const sql = postgres(values['database-url'], { max: 5, onnotice: () => {} });
await sql`create table if not exists bench_charges (id uuid primary key, key text, body jsonb, created_at timestamptz default now())`;

const app = Fastify({ logger: false });
app.post('/v1/charges', async (request, reply) => {
  const id = randomUUID();
  const key = String(request.headers['idempotency-key']);
  await sql`insert into bench_charges (id, key, body) values (${id}, ${key}, ${sql.json(request.body as postgres.JSONValue)})`;
  return reply.code(202).send({ id });
});
const url = await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${JSON.stringify({ url })}\n`);

process.once('SIGTERM', () => {
  void app.close().then(() => sql.end());
});
