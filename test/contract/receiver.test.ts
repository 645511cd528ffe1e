/** `examples/receiver.ts`, run as its head says: what was signed is taken, once. */
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { startProgram } from './outside/example-programs.ts';
import { eventually } from './outside/outside-world.ts';

test('the receiver takes each event once, and nothing that we did not sign', async () => {
  const [old, fresh] = ['b2xkIHNlY3JldCBvZiAyNCBieXRlcw==', 'bmV3IHNlY3JldCBvZiAyNCBieXRlcw=='];
  const env = { DUECOURSE_WEBHOOK_SECRETS: `whsec_${fresh},whsec_${old}`, PORT: '0' };
  const receiver = startProgram(['receiver'], '', env);
  const told = (line: RegExp) =>
    eventually(
      () => Promise.resolve(line.exec(receiver.told())?.[1]),
      (found) => found !== undefined,
    );
  const url = await told(/^Listening at (\S+)$/m);
  const send = async (secret: string, id: string) => {
    const [at, body] = [new Date(), JSON.stringify(eventOf(id))];
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
    };
    return (await fetch(`${url}/duecourse`, { method: 'POST', headers, body })).status;
  };
  try {
    expect(await send(old, 'dce_1')).toBe(204);
    expect(await send(fresh, 'dce_1')).toBe(204);
    expect(await send('c29tZWJvZHkgZWxzZSdzIHNlY3JldA==', 'dce_2')).toBe(400);
    expect(await send(fresh, 'dce_3')).toBe(204);
    await told(/(dce_3)/);
    expect(receiver.told().split('\n').slice(1)).toEqual([
      'dce_1 charge.succeeded chg_1',
      'dce_3 charge.succeeded chg_1',
      '',
    ]);
  } finally {
    receiver.child.kill();
    await receiver.ended;
  }
});

const eventOf = (id: string) => ({ id, type: 'charge.succeeded', data: { object: { id: 'chg_1' } } });
