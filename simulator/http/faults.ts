import type { World } from '../world/world.ts';

/** Which requests a fault hits. All conditions must hold. */
export interface FaultMatch {
  method?: string;
  /** The path template: `/v1/payment_intents/:id/confirm`, or with `{id}`. */
  route?: string;
  /** The exact path. */
  path?: string;
  /** The object's id in the path. */
  id?: string;
  customer?: string;
  amount?: number;
  /** The beginning of the idempotency key. */
  key?: string;
  /** Fires from the nth matching request on. */
  nth?: number;
  probability?: number;
}

/** What goes wrong. `effect`: whether the request is executed all the same, now or later. */
export type FaultAction =
  | { type: 'delay'; ms: number }
  | {
      type: 'status';
      status: number;
      effect?: 'none' | 'commit' | 'later';
      later_ms?: number;
      should_retry?: boolean;
    }
  | { type: 'html_502'; effect?: 'none' | 'commit' }
  | { type: 'rate_limit' | 'lock_timeout' | 'reset_before' | 'reset_after' | 'hang_after' | 'partial_body' };

/**
 * What `POST /_sim/faults` takes. An action without settings may be named bare; the others may be one word (`delay
 * 200`, `status 500`, `500`), or be named bare with their settings beside `action`.
 */
export interface FaultRequest {
  match?: FaultMatch;
  action: FaultAction | string;
  status?: number;
  ms?: number;
  should_retry?: boolean;
  /** How often it fires; 1 by default. */
  times?: number;
}

export interface Fault {
  id: string;
  match: FaultMatch;
  action: FaultAction;
  times: number;
  /** Requests that matched. */
  seen: number;
  /** Requests it was injected into. */
  fired: number;
}

export type FaultBook = Fault[];

/** What a fault can match in a request. */
export interface FaultSubject {
  method: string;
  template: string;
  path: string;
  id: string;
  key: string | null;
  customer: () => string | null;
  amount: () => number | null;
  /** The answer is stored already, so that what Stripe executes no longer matters. */
  replay: boolean;
}

const BARE = [
  'rate_limit',
  'lock_timeout',
  'reset_before',
  'reset_after',
  'hang_after',
  'partial_body',
] as const;

/** Registers a fault. Throws on an action that does not exist. */
export function addFault(world: World, request: FaultRequest): Fault {
  const action = actionOf(request);
  const match = { ...request.match };
  if (match.route !== undefined) match.route = templateOf(match.route);
  const id = world.random.id('fault_', 8);
  const fault: Fault = { id, match, action, times: request.times ?? 1, seen: 0, fired: 0 };
  world.faults.push(fault);
  return fault;
}

/** The fault for this request, if any, counted as fired. */
export function pickFault(world: World, subject: FaultSubject): Fault | null {
  for (const fault of world.faults) {
    if (fault.fired >= fault.times || !matches(fault.match, subject)) continue;
    if (subject.replay && !appliesToReplay(fault.action)) continue;
    fault.seen += 1;
    if (fault.seen < (fault.match.nth ?? 1)) continue;
    if (world.random.fraction() >= (fault.match.probability ?? 1)) continue;
    fault.fired += 1;
    return fault;
  }
  return null;
}

/** The fault's name in the request log. */
export function kindOf(action: FaultAction): string {
  return action.type === 'status' ? `status_${action.status}` : action.type;
}

/** A stored answer comes back whatever execution would do; only its delivery can still fail. */
function appliesToReplay(action: FaultAction): boolean {
  return action.type !== 'lock_timeout' && !(action.type === 'status' && action.status === 500);
}

function matches(match: FaultMatch, subject: FaultSubject): boolean {
  return (
    (match.method === undefined || match.method.toUpperCase() === subject.method) &&
    (match.route === undefined || sameRoute(match.route, subject)) &&
    (match.path === undefined || match.path === subject.path) &&
    (match.id === undefined || match.id === subject.id) &&
    (match.key === undefined || (subject.key ?? '').startsWith(match.key)) &&
    (match.customer === undefined || match.customer === subject.customer()) &&
    (match.amount === undefined || match.amount === subject.amount())
  );
}

/** The route may be given with its method in front. */
function sameRoute(route: string, subject: FaultSubject): boolean {
  return route === subject.template || route === `${subject.method} ${subject.template}`;
}

/** Whatever the ids are called, and however they are marked. */
function templateOf(route: string): string {
  let ids = 0;
  return route.replaceAll(/\{\w+\}|:\w+/g, () => {
    ids += 1;
    return ids === 1 ? ':id' : ':inner';
  });
}

function actionOf(request: FaultRequest): FaultAction {
  const given = typeof request.action === 'string' ? spelled(request.action, request) : request.action;
  if (given.type === 'delay' && !Number.isFinite(given.ms)) throw new Error('a delay needs its ms');
  if (given.type === 'status' && !Number.isInteger(given.status))
    throw new Error('a status fault needs its status');
  if (isBare(given.type) || ['delay', 'status', 'html_502'].includes(given.type)) return given;
  throw new Error(`no such fault: ${String((given as { type: unknown }).type)}`);
}

function spelled(action: string, beside: FaultRequest): FaultAction {
  const [name = '', setting] = action.trim().split(/[\s_]+(?=\d+$)/);
  const number = setting === undefined ? undefined : Number(setting);
  const { should_retry } = beside;
  if (action === 'html_502' || isBare(action)) return { type: action };
  if (/^5\d\d$/.test(name)) return { type: 'status', status: Number(name) };
  if (name === 'delay') return { type: 'delay', ms: number ?? beside.ms ?? Number.NaN };
  if (name !== 'status') throw new Error(`no such fault: ${action}`);
  const status = number ?? beside.status ?? Number.NaN;
  return { type: 'status', status, ...(should_retry === undefined ? {} : { should_retry }) };
}

function isBare(type: string): type is (typeof BARE)[number] {
  return (BARE as readonly string[]).includes(type);
}
