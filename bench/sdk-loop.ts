/**
 * The bare loop: Stripe's SDK, a create and a confirm for each charge, nothing kept anywhere. No worker that makes the same
 * two calls with the same SDK can be faster. It says `{"warm":true}` and waits for SIGUSR2 before it measures, then `{ms}`.
 */
import { parseArgs } from 'node:util';
import { Stripe } from 'stripe';
import type { Payer } from './whole/payers.ts';

type Given = {
  readonly url: string;
  readonly key: string;
  readonly concurrency: number;
  readonly warm: number;
  readonly count: number;
  readonly payers: readonly Payer[];
};

const { values } = parseArgs({ options: { given: { type: 'string', default: '{}' } } });
const { url, key, concurrency, warm, count, payers } = JSON.parse(values.given) as Given;
const { hostname: host, port } = new URL(url);
const stripe = new Stripe(key, { host, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
let sent = 0;

async function lane(end: number): Promise<void> {
  while (sent < end) {
    const index = sent++;
    const payer = payers[index % payers.length];
    if (payer === undefined) throw new RangeError('nobody pays');
    const intent = await stripe.paymentIntents.create(
      {
        amount: 1_250,
        currency: 'eur',
        customer: payer.stripe_customer_id,
        allowed_payment_method_types: ['card'],
        description: 'Power in October',
        metadata: { dc_charge: `loop-${index}`, dc_instance: 'ins_loop' },
      },
      { idempotencyKey: `loop-${index}:create` },
    );
    const { status } = await stripe.paymentIntents.confirm(
      intent.id,
      { payment_method: payer.payment_method_id, off_session: true },
      { idempotencyKey: `loop-${index}:confirm` },
    );
    if (status !== 'succeeded') throw new Error(`a confirm ended as ${status}`);
  }
}

const run = (end: number) => Promise.all(Array.from({ length: concurrency }, () => lane(end)));

await run(warm);
const told = new Promise((resolve) => process.once('SIGUSR2', resolve));
// A signal's listener does not keep a process.
setInterval(() => {}, 60_000);
process.stdout.write('{"warm":true}\n');
await told;
const began_ms = performance.now();
await run(warm + count);
process.stdout.write(`${JSON.stringify({ ms: performance.now() - began_ms })}\n`);
process.once('SIGTERM', () => process.exit(0));
