import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { chargeOffSession, savedCard } from './stage/flows.ts';
import { openSimulator } from './stage/open-simulator.ts';
import { closeServer, startSchemaCheck } from './stage/schema-check.ts';
import { objectComplaints } from './stage/schemas.ts';

const opened = openSimulator();

describe('the schema check', () => {
  it('has held every answer and every webhook of a charge against the schema', async () => {
    const { stripe } = opened.account();
    const before = opened.check.checked();
    await chargeOffSession(stripe, await savedCard(stripe, opened.sim));
    expect(opened.check.checked() - before).toBe(4);
  });

  it('refuses a misspelt status, a missing key, a float amount and a key Stripe does not have', async () => {
    const { stripe } = opened.account();
    const { lastResponse: _, ...intent } = await stripe.paymentIntents.create({
      amount: 1000,
      currency: 'eur',
    });
    const { description: __, ...without } = intent;
    expect(objectComplaints(intent)).toEqual([]);
    expect(objectComplaints({ ...intent, status: 'suceeded' }).join()).toContain('/status');
    expect(objectComplaints(without).join()).toContain('description');
    expect(objectComplaints({ ...intent, amount: 10.5 }).join()).toContain('/amount');
    expect(objectComplaints({ ...intent, colour: 'red' }).join()).toContain('colour');
  });

  it('complains about a wrong answer, a wrong request accepted, and an unknown operation', async () => {
    const liar = createServer((_request, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json' }).end('{"object":"payment_intent"}');
    });
    await new Promise<void>((listening) => liar.listen(0, '127.0.0.1', listening));
    const check = await startSchemaCheck({ host: '127.0.0.1', port: (liar.address() as AddressInfo).port });
    const at = `http://${check.host}:${check.port}/v1`;
    await fetch(`${at}/payment_intents/pi_1`);
    expect(check.takeComplaints().join()).toContain("required property 'id'");
    await fetch(`${at}/payment_intents`, { method: 'POST', body: 'amount=1&payment_method_types[0]=card' });
    expect(check.takeComplaints().join()).toMatch(/request .*payment_method_types/);
    await fetch(`${at}/payment_intents`, { method: 'POST', body: 'amount=1.5&currency=eur' });
    expect(check.takeComplaints().join()).toMatch(/request \/amount/);
    await fetch(`${at}/nothing`);
    expect(check.takeComplaints().join()).toContain('not an operation of Stripe');
    await check.close();
    await closeServer(liar);
  });
});
