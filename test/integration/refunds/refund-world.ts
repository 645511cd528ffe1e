/** What tests of refunds ask again and again: a paid charge, refunds of it here and there, and what both sides say. */
import { expect } from 'vitest';
import type { ApiWorld, Body } from '../api/api-world.ts';

/** A charge of 50.00 that has succeeded, with this test card. */
export async function paid(api: ApiWorld, token = 'pm_card_visa', amount_minor = 5_000): Promise<string> {
  const { world } = api;
  const charge = await world.charge(await world.customer(token), amount_minor);
  await world.work(['charge']);
  expect((await world.read(charge)).charge.state).toBe('succeeded');
  return charge;
}

/** Asks for a refund by the API. */
export function ask(api: ApiWorld, charge: string, body: object = {}, key?: string) {
  return api.post(`/v1/charges/${charge}/refunds`, body, key === undefined ? {} : { key });
}

/** The charge as the API shows it. */
export async function shown(api: ApiWorld, charge: string): Promise<ShownCharge> {
  return (await api.get(`/v1/charges/${charge}`)).body as unknown as ShownCharge;
}

export type ShownCharge = Body & {
  readonly amount_received: number;
  readonly amount_refunded: number;
  readonly refunds: readonly {
    id: string;
    status: string;
    origin: string;
    amount: number;
    failure_reason: string | null;
  }[];
  readonly disputes: readonly {
    id: string;
    status: string;
    reason: string;
    amount: number;
    evidence_due_by: string;
  }[];
  readonly early_fraud_warning: { id: string; fraud_type: string; actionable: boolean } | null;
};

/** Stripe's own refunds of a charge, oldest first. */
export async function atStripe({ world }: ApiWorld, charge: string) {
  const payment_intent = await intentOf(world, charge);
  const { data } = await world.sdk.refunds.list({ payment_intent });
  return data.toReversed();
}

export async function intentOf(world: ApiWorld['world'], charge: string): Promise<string> {
  const { charge: row } = await world.read(charge);
  return String(row.stripe_payment_intent_id);
}

/** What was told of these objects, in order. */
export async function told({ world }: ApiWorld, ...ids: readonly string[]): Promise<string[]> {
  const rows = await world.sql<{ type: string }[]>`
    select type from events where object_id = any(${ids as string[]}) order by id`;
  return rows.map(({ type }) => type);
}

/** Takes in and applies what Stripe sends, until this answers what is expected. */
export async function comes<T>(api: ApiWorld, read: () => Promise<T>, expected: unknown): Promise<void> {
  await expect
    .poll(async () => {
      await api.world.work(['inbox_event']);
      return read();
    })
    .toEqual(expected);
}
