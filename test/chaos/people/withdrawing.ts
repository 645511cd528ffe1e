/** The merchant takes back what it was permitted, and the operator stops everything, while charges are under way. */
import { setTimeout as wait } from 'node:timers/promises';
import { setCharging, turnChargingOn } from '../../../src/store/work/charging.ts';
import { between } from '../chance.ts';
import type { DeedName } from '../faults/names.ts';
import type { Withdrawal } from '../merchant.ts';
import { type Deed, hit, newConsent, placeTroubled, type Scene, untilDone } from './deed.ts';
import { WORD } from './operator.ts';
import { addCard } from './preferring.ts';

const STOPPED_MS = [200, 700] as const;
const OFF_MS = [300, 1_000] as const;

async function withdrawn(
  scene: Scene,
  kind: 'revocation' | 'stop' | 'detachment',
  subject: string,
): Promise<Withdrawal> {
  await scene.until(scene.deed.at_ms);
  return scene.merchant.withdraw(kind, subject, `${kind}-${scene.deed.seed}`);
}

/** What follows its customer goes on with their other card, which becomes the default. */
async function movedOut(scene: Scene): Promise<Withdrawal> {
  const { deed, merchant, buyer } = scene;
  const second = await addCard(scene);
  await scene.until(deed.at_ms);
  const preferred =
    second === null
      ? null
      : merchant.notePreferred({
          customer_id: buyer.id,
          payment_method_id: second,
          asked_ms: Date.now(),
          acked_ms: null,
        });
  const key = `revocation-${deed.seed}`;
  const revocation = await merchant.withdraw('revocation', buyer.consent_id, key, { move: true });
  if (preferred !== null) preferred.acked_ms = revocation.acked_ms;
  return revocation;
}

/** The customer is permitted again: by a new consent, because what the stop revoked stays revoked. */
async function resume({ merchant, buyer, deed }: Scene, stop: Withdrawal): Promise<void> {
  stop.lifted_ms = Date.now();
  await merchant.post(`/v1/customers/${buyer.id}/resume`, undefined, `resume-${deed.seed}`);
  await merchant.post(
    '/v1/payment_methods',
    { customer: buyer.id, stripe_payment_method_id: buyer.payment_method_id, consent: newConsent() },
    `again-${deed.seed}`,
  );
}

/** Turns it off and on again; what may still arrive is what had no outcome when it was off. */
async function switchOff({ world: { sql }, merchant, random }: Scene): Promise<boolean> {
  const asked_ms = Date.now();
  const is_off = await untilDone(async () => {
    await setCharging(sql, false, WORD);
    return true;
  });
  if (is_off === null) return false;
  const rows = await untilDone(
    async () =>
      await sql<{ key: string }[]>`
      select idempotency_key as key from charge_attempts where state = 'open'`,
  );
  const in_flight = rows?.map(({ key }) => key) ?? [];
  merchant.note({ kind: 'switch', subject: '', asked_ms, acked_ms: Date.now(), lifted_ms: null, in_flight });
  await wait(between(random, ...OFF_MS));
  merchant.lift();
  await untilDone(async () => {
    await turnChargingOn(sql, WORD, false);
    return true;
  });
  return true;
}

export const withdrawing = {
  consent_revoked: async (scene) => {
    const placed = placeTroubled(scene);
    const { deed, buyer } = scene;
    const { acked_ms } = deed.moves
      ? await movedOut(scene)
      : await withdrawn(scene, 'revocation', buyer.consent_id);
    await placed;
    return hit(acked_ms !== null);
  },
  customer_stopped: async (scene) => {
    const later = scene.deed.orders.slice(-1);
    const placed = placeTroubled(scene, scene.deed.orders.slice(0, -1));
    const stop = await withdrawn(scene, 'stop', scene.buyer.id);
    await placed;
    await wait(between(scene.random, ...STOPPED_MS));
    await resume(scene, stop);
    await placeTroubled(scene, later);
    return hit(stop.acked_ms !== null);
  },
  method_detached: async (scene) => {
    const placed = placeTroubled(scene);
    const { acked_ms } = await withdrawn(scene, 'detachment', scene.buyer.payment_method_id);
    await placed;
    return hit(acked_ms !== null);
  },
  charges_canceled: async (scene) => {
    const { deed, random, merchant } = scene;
    const placed = await placeTroubled(scene);
    const charges = placed.flatMap(({ told }) => told.slice(0, 1));
    const canceled = await Promise.all(
      charges.map(async (charge) => {
        await wait(between(random, 0, 600));
        return merchant.withdraw('cancel', charge, `cancel-${deed.seed}-${charge}`);
      }),
    );
    return hit(canceled.some(({ acked_ms }) => acked_ms !== null));
  },
  charging_switched_off: async (scene) => {
    const placed = placeTroubled(scene);
    await scene.until(scene.deed.at_ms);
    const was_off = await switchOff(scene);
    await placed;
    return hit(was_off);
  },
} as const satisfies Partial<Record<DeedName, Deed>>;
