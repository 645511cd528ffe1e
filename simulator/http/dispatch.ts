import type { Account, World } from '../world/world.ts';
import { authenticate, type Caller, secretKeyRequired } from './auth.ts';
import { StripeHttpError } from './errors.ts';
import { expanded, kindsShown, readExpand } from './expand.ts';
import { type Fault, type FaultAction, pickFault } from './faults.ts';
import { parseForm } from './form.ts';
import { begin, entryOf, type KeyEntry, refuseLongKey, replayOf, type StoredAnswer } from './idempotency.ts';
import { rateLimited, spendToken } from './limiter.ts';
import { lockTimeout, tryLock, unlock, waitForLock } from './locks.ts';
import { paramsOf, refuseLeftovers, text } from './params.ts';
import { refuseUnpermitted, refuseUnreadable } from './permissions.ts';
import type { Call, Matched } from './router.ts';

/** A request to `/v1` whose route is known. */
export interface Asked {
  readonly matched: Matched;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly authorization: string | undefined;
  /** Null on anything but a POST. */
  readonly key: string | null;
  readonly requestId: string;
}

/** The answer, and how its delivery fails. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: readonly string[];
  readonly fault: FaultAction | null;
  readonly replayed: boolean;
  readonly account: Account | null;
}

const LATER_MS = 1000;

/**
 * Answers one request. The order decides what is kept under an idempotency key: authentication and permission, rate
 * limit, idempotency, parameters, lock, execution.
 */
export async function dispatch(world: World, asked: Asked): Promise<Answer> {
  let account: Account | null = null;
  let fault: Fault | null = null;
  try {
    const caller = authenticate(world, asked.authorization);
    account = caller.account;
    const { route } = asked.matched;
    if (caller.publishable && !route.publishable) throw secretKeyRequired();
    if (caller.apiKey !== null) refuseUnpermitted(caller.apiKey, account, route.method, route.kind);
    const entry = asked.key === null ? undefined : entryOf(world, account, asked.key);
    fault = faultFor(world, account, asked, entry);
    if (fault?.action.type === 'rate_limit') throw rateLimited('global-rate');
    spendToken(world, account, `${route.method} ${route.template}`);
    if (asked.key !== null) refuseLongKey(asked.key);
    if (entry !== undefined && asked.key !== null) {
      const stored = replayOf(entry, asked.key, route.method, asked.path, asked.body);
      await pause(world, fault);
      return replayed(stored, entry, fault, account);
    }
    if (fault?.action.type === 'reset_before') return answered(0, '', fault, account);
    return await execute(world, asked, caller, fault);
  } catch (error) {
    return refusal(error, fault, account === null ? null : { account, id: asked.requestId });
  }
}

/** The stored answer again, unless a fault between us and the caller replaces it. */
function replayed(stored: StoredAnswer, entry: KeyEntry, fault: Fault | null, account: Account): Answer {
  const action = fault?.action ?? null;
  if (action?.type === 'status' || action?.type === 'html_502') {
    const { status, body, headers } = injectedAnswer(action);
    return answered(status, body, fault, account, headers);
  }
  const headers = [
    'idempotent-replayed',
    'true',
    'original-request',
    entry.requestId,
    ...finality(stored.status),
  ];
  return { ...stored, headers, fault: action, replayed: true, account };
}

async function execute(world: World, asked: Asked, caller: Caller, fault: Fault | null): Promise<Answer> {
  const { account, publishable } = caller;
  const { route, id, innerId } = asked.matched;
  const entry = asked.key === null ? null : begin(world, account, asked.key, keyed(asked));
  let locked = false;
  try {
    const params = paramsOf(parseForm(route.method === 'GET' ? asked.query : asked.body));
    const request = { id: asked.requestId, idempotency_key: asked.key };
    const call: Call = { world, account, request, params, id, innerId, publishable };
    const run = route.read(call);
    const paths = readExpand(params, route.kind, route.list === true);
    refuseLeftovers(params);
    if (caller.apiKey !== null) refuseUnreadable(caller.apiKey, account, kindsShown(route.kind, paths));
    if (fault?.action.type === 'lock_timeout') throw lockTimeout();
    if (route.locks) {
      if (!tryLock(account.locks, id)) await waitForLock(account.locks, id, world.options.lockWaitMs);
      locked = true;
    }
    await pause(world, fault);
    const write = (body: unknown) => JSON.stringify(expanded(account, body, paths));
    const answer = perform(world, () => outcome(run, write, { account, id: asked.requestId }), fault);
    settleKey(account, asked.key, entry, answer.stored);
    return answered(answer.status, answer.body, fault, account, answer.headers);
  } catch (error) {
    settleKey(account, asked.key, entry, null);
    throw error;
  } finally {
    if (locked) unlock(account.locks, id);
  }
}

interface Performed {
  status: number;
  body: string;
  headers: readonly string[];
  /** What the key will replay; null leaves the key free. */
  stored: { status: number; body: string } | null;
}

/** Executes, unless a fault prevents it; a fault may also answer something other than what was done. */
function perform(world: World, act: () => Performed, fault: Fault | null): Performed {
  const action = fault?.action;
  if (action === undefined || (action.type !== 'status' && action.type !== 'html_502')) return act();
  const said = injectedAnswer(action);
  if (action.effect === 'commit') {
    const done = act();
    return said.keeps ? { ...said, stored: said } : { ...said, stored: done.stored };
  }
  if (action.type === 'status' && action.effect === 'later') {
    // Stripe rolls an unfinished request forward on its own, later than its answer.
    world.clock.after(action.later_ms ?? LATER_MS, () => void act());
  }
  return { ...said, stored: said.keeps ? said : null };
}

function outcome(run: () => unknown, write: (body: unknown) => string, request: LoggedAs): Performed {
  try {
    const body = write(run());
    return { status: 200, body, headers: [], stored: { status: 200, body } };
  } catch (error) {
    const { status, body, headers, stored } = errorAnswer(error, request);
    if (!stored) return { status, body, headers, stored: null };
    return { status, body, headers: [...headers, ...finality(status)], stored: { status, body } };
  }
}

/** A refusal that was executed says that the same request will never pass. */
function finality(status: number): readonly string[] {
  return status === 400 || status === 402 ? ['stripe-should-retry', 'false'] : [];
}

/** Only an error of the API itself is stored under the key; a proxy's answer is not. */
function injectedAnswer(action: Extract<FaultAction, { type: 'status' | 'html_502' }>) {
  if (action.type === 'html_502') {
    const body = '<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>';
    return { status: 502, body, headers: ['content-type', 'text/html'], keeps: false };
  }
  const error = { type: 'api_error', message: 'An error occurred while processing your request (injected).' };
  const headers =
    action.should_retry === undefined ? [] : ['stripe-should-retry', String(action.should_retry)];
  return { status: action.status, body: JSON.stringify({ error }), headers, keeps: action.status === 500 };
}

function settleKey(
  account: Account,
  key: string | null,
  entry: KeyEntry | null,
  stored: { status: number; body: string } | null,
): void {
  if (key === null || entry === null) return;
  if (stored !== null) entry.answer = { status: stored.status, body: stored.body };
  else if (entry.answer === null && account.keys.get(key) === entry) account.keys.delete(key);
}

function keyed(asked: Asked): Omit<KeyEntry, 'answer' | 'atMs'> {
  const { path, body, requestId } = asked;
  return { method: asked.matched.route.method, path, body, requestId };
}

/** Real time that the request takes, with its object locked and its key in flight. */
function pause(world: World, fault: Fault | null): Promise<void> | undefined {
  const { latencyMs } = world.options;
  const [low, high] = typeof latencyMs === 'number' ? [latencyMs, latencyMs] : latencyMs;
  const extraMs = fault?.action.type === 'delay' ? fault.action.ms : 0;
  const waitMs = extraMs + (high > 0 ? low + world.random.fraction() * (high - low) : 0);
  if (waitMs <= 0) return undefined;
  return new Promise((resolve) => setTimeout(resolve, waitMs));
}

function faultFor(world: World, account: Account, asked: Asked, entry: KeyEntry | undefined): Fault | null {
  if (world.faults.length === 0) return null;
  const { route, id } = asked.matched;
  const intent = account.paymentIntents.byId.get(id)?.value ?? account.setupIntents.byId.get(id)?.value;
  const sent = (name: string) => {
    const tree = parseForm(route.method === 'GET' ? asked.query : asked.body);
    return text(paramsOf(tree), name) ?? null;
  };
  const amount = () =>
    Number(sent('amount') ?? (intent !== undefined && 'amount' in intent ? intent.amount : Number.NaN));
  return pickFault(world, {
    method: route.method,
    template: route.template,
    path: asked.path,
    id,
    key: asked.key,
    customer: () => sent('customer') ?? (typeof intent?.customer === 'string' ? intent.customer : null),
    amount,
    replay: entry?.answer != null,
  });
}

function answered(
  status: number,
  body: string,
  fault: Fault | null,
  account: Account | null,
  headers: readonly string[] = [],
): Answer {
  return { status, body, headers, fault: fault?.action ?? null, replayed: false, account };
}

function refusal(error: unknown, fault: Fault | null, request: LoggedAs | null): Answer {
  const { status, body, headers } = errorAnswer(error, request);
  return answered(status, body, fault, request?.account ?? null, headers);
}

/** Where the account's own log of requests has it. */
interface LoggedAs {
  readonly account: Account;
  readonly id: string;
}

/** A refusal as bytes. Anything else thrown is a bug in the simulator, and the answer says so. */
export function errorAnswer(error: unknown, request: LoggedAs | null = null) {
  if (error instanceof StripeHttpError) {
    const body = JSON.stringify({ error: { ...error.body, ...(request === null ? {} : logUrl(request)) } });
    return { status: error.status, body, headers: error.headers, stored: error.stored };
  }
  process.stderr.write(`simulator defect: ${error instanceof Error ? error.stack : String(error)}\n`);
  const body = JSON.stringify({
    error: { type: 'api_error', message: 'The simulator failed; see its stderr.' },
  });
  return { status: 500, body, headers: [], stored: false };
}

function logUrl({ account, id }: LoggedAs): { request_log_url: string } {
  return { request_log_url: `https://dashboard.stripe.com/${account.id}/test/workbench/logs?object=${id}` };
}
