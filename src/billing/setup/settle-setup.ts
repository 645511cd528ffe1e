/**
 * Writes what Stripe says about a setup, whether a worker's look, a webhook or the answer to a cancel brought it. The
 * decision is pure; each write compares the revision that it rests on, and the slower writer reads everything again
 * instead of overwriting.
 */

import { needsMandate } from '../../domain/charge/method-fit.ts';
import type { ReadMandate, SetupSnapshot } from '../../domain/charge/payment-snapshot.ts';
import { isTerminal, type SetupState } from '../../domain/machines.ts';
import {
  decideSetup,
  isSwitching,
  type SetupDecision,
  type SetupEnd,
  type SetupFacts,
} from '../../domain/setup/setup-decisions.ts';
import { AppError, unreachable } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { randomId } from '../../platform/ids.ts';
import { saveMethodOfSetup } from '../../store/setup/save-method.ts';
import { readSetup, recordSetupBreak, type SetupContext } from '../../store/setup/setups.ts';
import { moveRow } from '../../store/work/obligations.ts';
import { retrieveMandate } from '../../stripe/mandates.ts';
import { retrievePaymentMethod } from '../../stripe/payment-methods.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeRead } from '../work/judge-answer.ts';
import { countTries, readSetupFacts, type SetupReading } from './read-setup-facts.ts';

/** Who brings the news, for the timeline; and the SetupIntent, if the news contained it and it need not be read. */
export type SetupNews = {
  readonly cause: string;
  readonly cause_reference: string | null;
  readonly intent: SetupSnapshot | null;
  /** Aborts the calls that the news makes necessary. */
  readonly signal?: AbortSignal;
};

/**
 * - `settled`: something was written, or the row was parked.
 * - `unchanged`: our row says so already; `facts` are what Stripe says.
 * - `unanswered`: Stripe did not answer.
 */
export type SetupSettlement =
  | { readonly kind: 'settled' }
  | { readonly kind: 'unchanged'; readonly context: SetupContext; readonly facts: SetupFacts }
  | { readonly kind: 'unanswered'; readonly reason: string };

/** Each time another process wrote in between: more passes than there are parties that could. */
const PASSES_MAX = 5;
const SETTLED: SetupSettlement = { kind: 'settled' };

/** Brings a setup to what Stripe says now. Needs no lease, and leaves a held lease alone. */
export async function settleSetup(
  deps: Dependencies,
  setup_id: string,
  news: SetupNews,
): Promise<SetupSettlement> {
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const context = await readSetup(deps.sql, setup_id);
    if (context === null) return SETTLED;
    if (isSettledAlready(context, news)) return { kind: 'unchanged', context, facts: NO_FACTS };
    const reading = await readNews(deps, context, news, pass);
    if (reading.kind === 'unanswered') return reading;
    const decision = decide(deps, context, reading);
    if (decision.kind === 'stay') {
      const facts = reading.kind === 'ok' ? reading.value : NO_FACTS;
      return { kind: 'unchanged', context, facts };
    }
    const written = await write(deps, context, decision, news);
    if (written === 'done') return SETTLED;
    if (written !== 'moved') return written;
  }
  throw new AppError('setup_never_settled');
}

const NO_FACTS: SetupFacts = { intent: null, session: null, failed_tries: null };

/** A setup that has ended never moves; only a success that we have not recorded is still news. */
function isSettledAlready({ setup }: SetupContext, news: SetupNews): boolean {
  return isTerminal('setup', setup.state as SetupState) && news.intent?.status !== 'succeeded';
}

/**
 * Reported news holds for one pass if it is final and about the object that is bound now: a Session may have taken the
 * SetupIntent's place since. After a lost race we read Stripe again.
 */
function readNews(
  deps: Dependencies,
  context: SetupContext,
  news: SetupNews,
  pass: number,
): Promise<SetupReading> {
  const limits = { signal: news.signal };
  const told = news.intent?.id === context.setup.stripe_setup_intent_id ? news.intent : null;
  const is_final = told?.status === 'succeeded' || told?.status === 'canceled';
  if (told !== null && is_final && pass === 0) return countTries(deps, told, null, limits);
  return readSetupFacts(deps, context.setup, limits);
}

function decide(
  deps: Dependencies,
  context: SetupContext,
  reading: Exclude<SetupReading, { kind: 'unanswered' }>,
): SetupDecision {
  const { setup, stripe_customer_id } = context;
  const state = setup.state as SetupState;
  if (reading.kind === 'refused') {
    return state === 'needs_review' ? { kind: 'stay' } : { kind: 'review', detail: reading.code };
  }
  const view = {
    state,
    close_as: setup.close_as as SetupEnd | null,
    failed_tries: setup.failed_tries,
    last_error: setup.last_error,
    stripe_customer_id,
    livemode: deps.instance.livemode,
    is_switching: isSwitching(setup),
  };
  // A recovery limits its sessions instead; in each of them its customer may try as often as Stripe allows.
  const tries_max = setup.recovery_id === null ? deps.timings.setupTriesMax : Number.POSITIVE_INFINITY;
  return decideSetup(view, reading.value, tries_max);
}

type Written = 'done' | 'moved' | Extract<SetupSettlement, { kind: 'unanswered' }>;

async function write(
  deps: Dependencies,
  context: SetupContext,
  decision: Exclude<SetupDecision, { kind: 'stay' }>,
  news: SetupNews,
): Promise<Written> {
  const { setup } = context;
  switch (decision.kind) {
    case 'succeed':
      return save(deps, context, decision, news);
    case 'move': {
      const { to, failed_tries, last_error } = decision;
      return move(deps, context, news, { set: { state: to, failed_tries, last_error } });
    }
    case 'end':
      return move(deps, context, news, {
        set: {
          state: decision.as,
          settled_at: context.now,
          stripe_closed_at: context.now,
          ...(decision.detail === null ? {} : { detail: decision.detail }),
        },
        due_in_ms: null,
      });
    case 'close': {
      const { failed_tries, last_error } = decision;
      const closing = { close_as: 'failed', close_requested_at: context.now, detail: 'too_many_tries' };
      const set = { state: 'closing', ...closing, failed_tries, last_error, offered_at: null };
      const written = await move(deps, context, news, { set, due_in_ms: 0 });
      if (written === 'done') await deps.offer('setup', [setup.id]);
      return written;
    }
    case 'review':
      deps.log.error({ event: 'setup.parked', setupId: setup.id, code: decision.detail });
      return move(deps, context, news, {
        set: { state: 'needs_review', detail: decision.detail },
        due_in_ms: null,
      });
    case 'contradiction':
      deps.log.error({ event: 'setup.contradicted', setupId: setup.id, fromState: setup.state });
      await recordSetupBreak(deps.sql, {
        setup_id: setup.id,
        stripe_id: news.intent?.id ?? setup.stripe_setup_intent_id,
        observed: { status: 'succeeded', told: setup.state },
      });
      return 'done';
    default:
      return unreachable(decision);
  }
}

async function save(
  deps: Dependencies,
  context: SetupContext,
  decision: Extract<SetupDecision, { kind: 'succeed' }>,
  news: SetupNews,
): Promise<Written> {
  const { setup, stripe_customer_id } = context;
  const { signal } = news;
  const read = judgeRead(await retrievePaymentMethod(deps.stripe, decision.payment_method_id, { signal }));
  if (read.kind === 'unanswered') return read;
  if (read.kind === 'refused') {
    return write(deps, context, { kind: 'review', detail: read.code }, news);
  }
  if (read.value.customer !== null && read.value.customer !== stripe_customer_id) {
    return write(deps, context, { kind: 'review', detail: 'payment_method_of_another_customer' }, news);
  }
  const mandate = await readMandate(deps, read.value.type, decision.mandate_id, signal);
  if (mandate.kind === 'unanswered') return mandate;
  const { recovery_id } = setup;
  const message_id = randomId('msg');
  const press_within_ms = deps.timings.replacementGraceMinutes * 60_000;
  await failpoint('setup.settle.before');
  const saved = await saveMethodOfSetup(deps.sql, {
    setup_id: setup.id,
    revision: setup.revision,
    method: read.value,
    mandate_id: decision.mandate_id,
    mandate: mandate.value,
    stripe_setup_intent_id: decision.setup_intent_id,
    in_time: decision.in_time,
    recovery: recovery_id === null ? null : { id: recovery_id, message_id, press_within_ms },
    cause: news.cause,
    cause_reference: news.cause_reference,
  });
  await failpoint('setup.settle.after_effect');
  if (!saved) return 'moved';
  deps.log.info({ event: 'setup.succeeded', setupId: setup.id, cause: news.cause });
  await deps.offer('payment_method', [read.value.id]);
  if (recovery_id !== null) await deps.offer('message', [message_id]);
  return 'done';
}

/** A debit rests on its mandate, which only Stripe shows; null of what needs none, and where Stripe knows none. */
async function readMandate(
  deps: Dependencies,
  type: string,
  mandate_id: string | null,
  signal: AbortSignal | undefined,
): Promise<
  { readonly kind: 'read'; readonly value: ReadMandate | null } | Extract<Written, { kind: 'unanswered' }>
> {
  if (mandate_id === null || !needsMandate(type)) return { kind: 'read', value: null };
  const read = judgeRead(await retrieveMandate(deps.stripe, mandate_id, { signal }));
  if (read.kind === 'unanswered') return read;
  return { kind: 'read', value: read.kind === 'ok' ? read.value : null };
}

type SetupChange = Pick<Parameters<typeof moveRow<'setup'>>[2], 'set' | 'due_in_ms'>;

async function move(
  deps: Dependencies,
  context: SetupContext,
  news: SetupNews,
  change: SetupChange,
): Promise<'done' | 'moved'> {
  const { setup } = context;
  const moved = await moveRow(deps.sql, 'setup', {
    id: setup.id,
    revision: setup.revision,
    keep_lease: true,
    cause: news.cause,
    cause_reference: news.cause_reference,
    ...change,
  });
  if (moved) {
    deps.log.info({ event: 'setup.moved', setupId: setup.id, ...statesOf(context, change) });
  }
  return moved ? 'done' : 'moved';
}

function statesOf({ setup }: SetupContext, { set }: SetupChange): { fromState: string; toState: string } {
  return { fromState: setup.state, toState: set.state ?? setup.state };
}
