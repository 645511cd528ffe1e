/**
 * What a tutorial teaches: a job of BullMQ's on Redis for each charge, one call to Stripe, and a row that is claimed by an
 * update before and updated after. It can charge twice and lose answers (docs/protocol-model.md, the rivals); it is here for
 * its speed. It says `{"ready":true}` when it works; SIGTERM ends it.
 */
import { parseArgs } from 'node:util';
import { Worker } from 'bullmq';
import { and, eq } from 'drizzle-orm';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { Stripe } from 'stripe';
import type { Payer } from './whole/payers.ts';

type Given = {
  readonly stripe_url: string;
  readonly key: string;
  readonly concurrency: number;
  readonly redis_url: string;
  readonly database_url: string;
  readonly payers: readonly Payer[];
};

const tutorial_charges = pgTable('tutorial_charges', {
  id: text('id').primaryKey(),
  state: text('state').notNull(),
  amount: integer('amount').notNull(),
  payer: integer('payer').notNull(),
  intent: text('intent'),
});

const { values } = parseArgs({ options: { given: { type: 'string', default: '{}' } } });
const { stripe_url, key, concurrency, redis_url, database_url, payers } = JSON.parse(values.given) as Given;
const { hostname: host, port } = new URL(stripe_url);
const stripe = new Stripe(key, { host, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
const tables = drizzle(postgres(database_url, { max: 10, onnotice: () => {} }));

async function charge(id: string): Promise<void> {
  const [row] = await tables
    .update(tutorial_charges)
    .set({ state: 'processing' })
    .where(and(eq(tutorial_charges.id, id), eq(tutorial_charges.state, 'queued')))
    .returning();
  const payer = row === undefined ? undefined : payers[row.payer % payers.length];
  if (row === undefined || payer === undefined) return;
  const intent = await stripe.paymentIntents.create(
    {
      amount: row.amount,
      currency: 'eur',
      customer: payer.stripe_customer_id,
      payment_method: payer.payment_method_id,
      off_session: true,
      confirm: true,
      description: 'Power in October',
    },
    { idempotencyKey: row.id },
  );
  await tables
    .update(tutorial_charges)
    .set({ state: intent.status, intent: intent.id })
    .where(eq(tutorial_charges.id, row.id));
}

const worker = new Worker<{ id: string }>('tutorial', (job) => charge(job.data.id), {
  concurrency,
  connection: { url: redis_url, maxRetriesPerRequest: null },
  removeOnComplete: { count: 0 },
});
worker.on('failed', (_job, error) => process.stderr.write(`${error.stack}\n`));
await worker.waitUntilReady();
process.stdout.write('{"ready":true}\n');
process.once('SIGTERM', () => void worker.close().then(() => process.exit(0)));
