import { bankAccounts } from '../debits/schemes.ts';
import { type Delivery, repost, settled, setWeather, type Weather } from '../events/deliver.ts';
import { addFault, type Fault, type FaultRequest } from '../http/faults.ts';
import type { LoggedRequest } from '../http/request-log.ts';
import { setMandateStatus } from '../machines/mandates.ts';
import { authenticatePayment, settle } from '../machines/pay.ts';
import { authenticateSetup } from '../machines/save.ts';
import { cards } from '../magic.ts';
import { accountOf, type ScriptedOutcome, type World } from '../world/world.ts';
import { ControlError, find } from './find.ts';
import { type CardRenewal, decideDispute, disputeCharge, renewCard, reportFraud } from './issuer.ts';
import { type KeyRequest, type ShownKey, sayOfKey } from './keys.ts';
import { breaches, type Ledger, ledgerOf } from './ledger.ts';

export interface ClockChange {
  /** Unix seconds, or ISO 8601. */
  set?: number | string;
  /** Seconds. */
  advance?: number;
  /** Simulator seconds per real second. */
  scale?: number;
}

export type ShownRequest = Omit<LoggedRequest, 'atMs'> & { at: string };
export type ShownDelivery = Omit<Delivery, 'atMs'> & { at: string };
export type Moment = { now: number; iso: string };

/** The simulator's own API, through which tests and demos control and query it. The same calls are at `/_sim/*`. */
export function controlOf(world: World) {
  const owner = (secretKey: string | undefined) => secretKey ?? null;
  return {
    async reset(secretKey?: string) {
      return reset(world, owner(secretKey));
    },
    async state() {
      return stateOf(world);
    },
    async health() {
      return { ok: true as const, url: world.url };
    },
    async clock(change: ClockChange = {}): Promise<Moment> {
      return moveClock(world, change);
    },
    async faults(request: FaultRequest): Promise<Fault> {
      return addFault(world, request);
    },
    async listFaults(): Promise<Fault[]> {
      return world.faults.map((fault) => ({ ...fault }));
    },
    async removeFault(id: string) {
      const at = world.faults.findIndex((fault) => fault.id === id);
      if (at < 0) throw new ControlError(404, `no such fault: ${id}`);
      world.faults.splice(at, 1);
      return { removed: id };
    },
    async cards() {
      return cards;
    },
    async bankAccounts() {
      return bankAccounts;
    },
    async script(paymentMethod: string, outcomes: readonly ScriptedOutcome[]) {
      const { row } = find(world, 'payment method', paymentMethod, (account) => account.paymentMethods.byId);
      row.script = [...outcomes];
      return { payment_method: paymentMethod, outcomes };
    },
    async authenticate(intent: string, outcome: 'succeed' | 'fail') {
      return authenticate(world, intent, outcome);
    },
    async settle(intent: string, outcome: 'succeed' | 'fail', failureCode: string | null = null) {
      const { row, context } = find(
        world,
        'payment_intent',
        intent,
        (account) => account.paymentIntents.byId,
      );
      if (row.value.status !== 'processing') throw new ControlError(409, `${intent} is ${row.value.status}`);
      settle(context, row, outcome === 'succeed' ? null : { failureCode });
      return { id: intent, status: row.value.status };
    },
    async dispute(charge: string, reason = 'fraudulent', inquiry = false) {
      return disputeCharge(world, charge, reason, inquiry);
    },
    async closeDispute(dispute: string, outcome: 'won' | 'lost') {
      return decideDispute(world, dispute, outcome);
    },
    async fraudWarning(charge: string, fraudType = 'misc') {
      return reportFraud(world, charge, fraudType);
    },
    async renewCard(paymentMethod: string, renewal: CardRenewal) {
      return renewCard(world, paymentMethod, renewal);
    },
    /** `secretKey`: of the account that the key belongs to. */
    async key(secretKey: string, request: KeyRequest): Promise<ShownKey> {
      return sayOfKey(world, secretKey, request);
    },
    async mandate(id: string, status: 'active' | 'inactive' | 'pending') {
      const { row, context } = find(world, 'mandate', id, (account) => account.mandates.byId);
      setMandateStatus(context, row, status);
      return row.value;
    },
    async requests(secretKey?: string): Promise<ShownRequest[]> {
      return dated(ofAccount(world.requests, owner(secretKey)));
    },
    async deliveries(secretKey?: string): Promise<ShownDelivery[]> {
      await settled(world.mailer);
      return dated(ofAccount(world.deliveries, owner(secretKey)));
    },
    async resend(event: string) {
      const { row, context } = find(world, 'event', event, (account) => account.events.byId);
      repost(world, context.account, row);
      return { id: event };
    },
    async webhooks(change: Partial<Weather> = {}): Promise<Weather> {
      return { ...setWeather(world, change) };
    },
    async ledger(secretKey: string): Promise<Ledger> {
      return ledgerOf(accountOf(world, secretKey));
    },
  };
}

export type Control = ReturnType<typeof controlOf>;

function reset(world: World, secretKey: string | null) {
  if (secretKey === null) {
    world.accounts.clear();
    world.requests.length = 0;
    world.deliveries.length = 0;
    world.faults.length = 0;
  } else {
    world.accounts.delete(secretKey);
    drop(world.requests, secretKey);
    drop(world.deliveries, secretKey);
  }
  return { reset: secretKey ?? 'all' };
}

function drop(log: { account: string | null }[], secretKey: string): void {
  const kept = log.filter((entry) => entry.account !== secretKey);
  log.splice(0, log.length, ...kept);
}

function stateOf(world: World) {
  const accounts = [...world.accounts.values()].map((account) => ({
    id: account.id,
    customers: account.customers.rows.length,
    payment_methods: account.paymentMethods.rows.length,
    setup_intents: account.setupIntents.rows.length,
    payment_intents: account.paymentIntents.rows.length,
    charges: account.charges.rows.length,
    sessions: account.sessions.rows.length,
    refunds: account.refunds.rows.length,
    disputes: account.disputes.rows.length,
    early_fraud_warnings: account.fraudWarnings.rows.length,
    events: account.events.rows.length,
    idempotency_keys: account.keys.size,
  }));
  const { outbox, inFlight, retrying } = world.mailer;
  const found = breaches(world);
  return {
    accounts,
    requests: world.requests.length,
    deliveries: world.deliveries.length,
    undelivered: outbox.length + inFlight.size,
    retrying,
    breaches: found,
    sound: found.length === 0,
  };
}

async function moveClock(world: World, change: ClockChange): Promise<Moment> {
  const { clock } = world;
  // So that the retry of a failed try is among the timers before time moves.
  if (change.set !== undefined || change.advance !== undefined) await settled(world.mailer);
  if (change.scale !== undefined) clock.scaleTo(change.scale);
  if (change.set !== undefined) {
    const targetMs = typeof change.set === 'number' ? change.set * 1000 : Date.parse(change.set);
    if (!Number.isFinite(targetMs))
      throw new ControlError(400, 'set must be unix seconds or an ISO 8601 time');
    await clock.moveTo(targetMs);
  }
  if (change.advance !== undefined) {
    if (!(change.advance >= 0)) throw new ControlError(400, 'advance must be seconds, 0 or more');
    await clock.moveTo(clock.nowMs() + change.advance * 1000);
  }
  return { now: clock.seconds(), iso: new Date(clock.nowMs()).toISOString() };
}

function authenticate(world: World, id: string, outcome: 'succeed' | 'fail') {
  const setup = id.startsWith('seti_');
  const found = setup
    ? find(world, 'setup_intent', id, (account) => account.setupIntents.byId)
    : find(world, 'payment_intent', id, (account) => account.paymentIntents.byId);
  if (found.row.value.status !== 'requires_action') {
    throw new ControlError(409, `${id} is ${found.row.value.status}, and waits for no authentication`);
  }
  if (setup) authenticateSetup(found.context, found.row as never, outcome);
  else authenticatePayment(found.context, found.row as never, outcome);
  return { id, status: found.row.value.status };
}

function ofAccount<E extends { account: string | null }>(
  log: readonly E[],
  secretKey: string | null,
): readonly E[] {
  return secretKey === null ? log : log.filter((entry) => entry.account === secretKey);
}

function dated<E extends { atMs: number }>(log: readonly E[]): (Omit<E, 'atMs'> & { at: string })[] {
  return log.map(({ atMs, ...entry }) => ({ ...entry, at: new Date(atMs).toISOString() }));
}
