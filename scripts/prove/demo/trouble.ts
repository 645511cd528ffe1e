/**
 * What goes wrong on purpose while the demo charges: armed here, counted afterwards from the simulator's own
 * logs. If one of these did not happen, the demo has shown nothing, and fails.
 */

export type Simulator = { readonly url: string; readonly secret_key: string };

type LoggedRequest = { readonly path: string; readonly fault: string | null };
type LoggedDelivery = { readonly duplicate?: boolean; readonly reordered?: boolean };

const CONFIRM = '/v1/payment_intents/:id/confirm';

/** Every kind that must have happened by the end. */
export const TROUBLES = [
  'worker_killed',
  'answer_lost',
  'status_500',
  'rate_limit',
  'webhook_doubled',
  'webhook_reordered',
] as const;

export type Faults = Record<(typeof TROUBLES)[number], number>;

/** Doubled and reordered webhooks from now on. */
export async function bringWeather(simulator: Simulator): Promise<void> {
  await control(simulator, 'PATCH', '/webhooks', { duplicateRate: 0.1, shuffle: true });
}

/** Arms the faults that hit the following confirms, spread over the run. */
export async function armFaults(simulator: Simulator): Promise<void> {
  const match = (nth: number) => ({ route: CONFIRM, method: 'POST', nth });
  const faults = [
    { match: match(15), action: { type: 'reset_after' }, times: 2 },
    { match: match(30), action: { type: 'hang_after' }, times: 2 },
    { match: match(45), action: { type: 'partial_body' }, times: 2 },
    { match: match(60), action: { type: 'status', status: 500, effect: 'commit' }, times: 1 },
    { match: match(75), action: { type: 'rate_limit' }, times: 20 },
  ];
  for (const fault of faults) await control(simulator, 'POST', '/faults', fault);
}

/** What really happened, from the simulator's logs; only the sandbox knows of the killed worker. */
export async function countFaults(simulator: Simulator, workers_killed: number): Promise<Faults> {
  const requests = await control<LoggedRequest[]>(simulator, 'GET', '/requests');
  const deliveries = await control<LoggedDelivery[]>(simulator, 'GET', '/deliveries');
  const hit = (...kinds: string[]) =>
    requests.filter((request) => kinds.includes(request.fault ?? '')).length;
  return {
    worker_killed: workers_killed,
    answer_lost: hit('reset_after', 'hang_after', 'partial_body'),
    status_500: hit('status_500'),
    rate_limit: hit('rate_limit'),
    webhook_doubled: deliveries.filter((delivery) => delivery.duplicate === true).length,
    webhook_reordered: deliveries.filter((delivery) => delivery.reordered === true).length,
  };
}

/** Lets a saved method answer as the script says, attempt by attempt. */
export async function scriptMethod(
  simulator: Simulator,
  payment_method: string,
  outcomes: readonly string[],
): Promise<void> {
  await control(simulator, 'POST', `/payment_methods/${payment_method}/script`, { outcomes });
}

/** A call to the simulator's control routes. */
export async function control<T>(
  simulator: Simulator,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const response = await fetch(`${simulator.url}/_sim${path}`, {
    method,
    headers: { authorization: `Bearer ${simulator.secret_key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} /_sim${path} answered ${response.status}: ${answer}`);
  return JSON.parse(answer) as T;
}
