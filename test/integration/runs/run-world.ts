/** What tests of runs ask again and again: a run with lines, its verbs, and what both sides say of it. */
import { expect } from 'vitest';
import type { SavedCustomer } from '../../harness/world.ts';
import type { Answer, ApiWorld, Body } from '../api/api-world.ts';

export type Line = { readonly reference: string; readonly [field: string]: unknown };

/** A line of 12.50 for this customer. */
export function lineFor(customer: SavedCustomer, reference: string, more: object = {}): Line {
  const { customer_id } = customer;
  return { reference, customer: customer_id, amount: 1_250, currency: 'eur', description: 'Power', ...more };
}

export async function newRun(api: ApiWorld, body: object = {}): Promise<string> {
  const made = await api.post('/v1/runs', { name: 'usage', ...body });
  expect(made).toMatchObject({ status: 201, body: { object: 'run', status: 'draft' } });
  return made.body.id;
}

/** Sends lines as NDJSON, or a text as it is. */
export async function send(
  api: ApiWorld,
  run: string,
  lines: readonly Line[] | string,
  type = 'application/x-ndjson',
): Promise<{ readonly status: number; readonly body: Body }> {
  const text = typeof lines === 'string' ? lines : lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const response = await api.app.inject({
    method: 'POST',
    url: `/v1/runs/${run}/charges`,
    headers: { authorization: `Bearer ${api.tokens.all}`, 'content-type': type },
    payload: text,
  });
  return { status: response.statusCode, body: response.json() as Body };
}

export const verb = (api: ApiWorld, run: string, name: string, body?: object): Promise<Answer> =>
  api.post(`/v1/runs/${run}/${name}`, body);

export async function shownRun(api: ApiWorld, run: string): Promise<Body> {
  return (await api.get(`/v1/runs/${run}`)).body;
}

/** Statuses and details of its charges, by reference. */
export async function statuses(api: ApiWorld, run: string): Promise<Record<string, unknown>> {
  const { body } = await api.get('/v1/charges', { query: { run, limit: '100' } });
  return Object.fromEntries(body.data.map(({ reference, status, detail }) => [reference, [status, detail]]));
}

/** Everything that is owed, and the run's own steps as time goes on. */
export async function play(api: ApiWorld, seconds = 20): Promise<void> {
  await api.world.work();
  await api.world.advance(seconds);
  await api.world.work();
}

/** What the simulator has taken, of charges with these ids. */
export async function takenFor({ world }: ApiWorld, run: string): Promise<number[]> {
  const rows = await world.sql<{ id: string }[]>`select id from charges where run_id = ${run}`;
  const ids = new Set(rows.map(({ id }) => id));
  const { payment_intents } = await world.simulator.control.ledger(world.secretKey);
  return payment_intents
    .filter((intent) => ids.has(String(intent.metadata.dc_charge)))
    .map((intent) => intent.amount_received);
}

/** Confirms that have reached the simulator for this run. */
export async function confirmsOf({ world }: ApiWorld, run: string): Promise<number> {
  const rows = await world.sql<{ id: string }[]>`
    select stripe_payment_intent_id as id from charges where run_id = ${run} and stripe_payment_intent_id is not null`;
  const paths = new Set(rows.map(({ id }) => `/v1/payment_intents/${id}/confirm`));
  const requests = await world.simulator.control.requests(world.secretKey);
  return requests.filter(({ path }) => paths.has(path)).length;
}

/** What was told of a run, in order. */
export async function toldOf({ world }: ApiWorld, run: string): Promise<string[]> {
  const rows = await world.sql<
    { type: string }[]
  >`select type from events where object_id = ${run} order by id`;
  return rows.map(({ type }) => type);
}
