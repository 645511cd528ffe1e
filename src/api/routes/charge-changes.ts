import { type RetryAsked, retryCharge } from '../../billing/charge/retry-charge.ts';
import { checkAmount } from '../../domain/money.ts';
import { type ChangeRefusal, changeCharge } from '../../store/charge/charge-change.ts';
import { readChargeRow } from '../../store/charge/charge-list.ts';
import { chooseMethod, type MethodRefusal } from '../../store/charge/method-choice.ts';
import type { Api } from '../api.ts';
import { callerOf } from '../authentication.ts';
import type { AppDependencies } from '../dependencies.ts';
import { found, knownId, referredId } from '../lookup.ts';
import { chargeOperations } from '../operations/charges.ts';
import { type FieldRefusal, fieldProblem, problem } from '../problem.ts';
import { actOnce } from '../replays.ts';
import { changedCharge, charge, chosenMethod } from '../schemas/charge.ts';
import { idParams, noQuery } from '../schemas/list.ts';
import { acts, declare } from '../schemas/route.ts';
import { chargeView } from '../views/charge.ts';
import { amountRefusal } from './new-charge.ts';

/** What a merchant may change: what is asked for before anything has begun; later when it is tried, and with which method. */
export function chargeChangeRoutes(app: Api, deps: AppDependencies): void {
  patchCharge(app, deps);
  postRetry(app, deps);
  postMethod(app, deps);
}

function patchCharge(app: Api, deps: AppDependencies): void {
  app.patch(
    '/v1/charges/:id',
    declare({ scope: 'write' }, chargeOperations.updateCharge, {
      params: idParams,
      body: changedCharge,
      response: { 200: charge },
    }),
    async (request) => {
      const charge_id = knownId('chg', request.params.id);
      const { amount, due_at, ...rest } = request.body;
      const { currency } = found(await readChargeRow(deps.tables, charge_id));
      const bounds = amount === undefined ? 'ok' : checkAmount(amount, currency);
      if (bounds !== 'ok') throw fieldProblem(...amountRefusal(bounds, currency));
      const to = {
        ...rest,
        ...(amount === undefined ? {} : { amount_minor: amount }),
        ...(due_at === undefined ? {} : { scheduled_for: new Date(due_at) }),
      };
      const { debitLimits: debit_limits } = deps.timings;
      const change = { charge_id, to, cause_reference: callerOf(request), debit_limits };
      const refusal = await changeCharge(deps.sql, change);
      if (refusal === 'unknown') throw problem('not_found');
      if (refusal === 'begun')
        throw await standingProblem(deps, charge_id, 'It has begun at Stripe, or its end was asked for');
      if (refusal !== null) throw fieldProblem(...CHANGE_REFUSALS[refusal]);
      void deps.offer('charge', [charge_id]);
      return chargeView(found(await readChargeRow(deps.tables, charge_id)));
    },
  );
}

const CHANGE_REFUSALS: Record<Exclude<ChangeRefusal, 'unknown' | 'begun'>, FieldRefusal> = {
  metadata_full: ['metadata', 'would be more than 50 keys with those that are there', 'invalid_request'],
  consent_exceeded: ['amount', 'is outside of what the consent allows', 'consent_exceeded'],
  currency_unfit: ['amount', 'cannot be charged to this payment method', 'payment_method_unusable'],
  mandate_missing: ['amount', 'is a debit without a mandate', 'payment_method_unusable'],
  amount_unfit: ['amount', "is above what the card's network takes", 'amount_too_large'],
  country_unfit: [
    'payment_method',
    'is of a country whose accounts this debit does not reach',
    'payment_method_unusable',
  ],
  debit_too_large: ['amount', "is above what the debit's scheme takes", 'amount_too_large'],
  due_at_too_far: ['due_at', 'is later than the bank days that are known', 'due_at_too_far'],
};

function postRetry(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/charges/:id/retry',
    acts(chargeOperations.retryCharge, { 202: charge }),
    async (request, reply) => {
      const id = knownId('chg', request.params.id);
      const act = async () => {
        const asked = await retryCharge(deps, id, callerOf(request));
        switch (asked.outcome) {
          case 'unknown':
            throw problem('not_found');
          case 'already':
            throw problem(`already_${asked.status}`);
          case 'refused':
            throw problem('conflict', { detail: REASONS[asked.because] });
          case 'due':
            return;
        }
      };
      const show = async () => chargeView(found(await readChargeRow(deps.tables, id)));
      const answered = { entity_id: id, status_code: 202 } as const;
      return reply.code(202).send(await actOnce(deps, request, reply, answered, act, show));
    },
  );
}

const REASONS: Record<Extract<RetryAsked, { outcome: 'refused' }>['because'], string> = {
  closing: 'Its end was asked for',
  attempt_open: 'An attempt is under way',
  future_use: 'Only its customer can pay it now',
  attempts_exhausted: 'Its automatic attempts are used up',
  payment_method_unusable: 'There is no payment method that may be charged',
  card_closed: "Its network has closed the card: another one, or the customer's own payment, can help",
  card_limited: 'The card was declined as often as its network permits',
  customer_needed: 'It waits for its customer',
  never_tried: 'It has not been tried yet',
  under_review: 'It waits for a person to review it',
};

function postMethod(app: Api, deps: AppDependencies): void {
  app.post(
    '/v1/charges/:id/payment_method',
    declare({ scope: 'write', idempotencyKey: 'required' }, chargeOperations.setChargePaymentMethod, {
      params: idParams,
      querystring: noQuery,
      body: chosenMethod,
      response: { 200: charge },
    }),
    async (request, reply) => {
      const charge_id = knownId('chg', request.params.id);
      const payment_method_id = referredId('payment_method', 'payment_method', request.body.payment_method);
      const act = async () => {
        const cause_reference = callerOf(request);
        const { debitLimits: debit_limits } = deps.timings;
        const choice = { charge_id, payment_method_id, cause_reference, debit_limits };
        const refusal = await chooseMethod(deps.sql, choice);
        if (refusal === 'unknown') throw problem('not_found');
        if (refusal === 'under_way')
          throw await standingProblem(
            deps,
            charge_id,
            'An attempt is under way, its end was asked for, or a person reviews it',
          );
        if (refusal !== null) throw fieldProblem(...REFUSALS[refusal]);
      };
      const show = async () => chargeView(found(await readChargeRow(deps.tables, charge_id)));
      return actOnce(deps, request, reply, { entity_id: charge_id, status_code: 200 }, act, show);
    },
  );
}

/** Why it cannot be changed as it stands. */
async function standingProblem(deps: AppDependencies, id: string, detail: string) {
  const { status } = chargeView(found(await readChargeRow(deps.tables, id)));
  return status === 'succeeded' || status === 'failed' || status === 'canceled'
    ? problem(`already_${status}`)
    : problem('conflict', { detail });
}

const REFUSALS: Record<Exclude<MethodRefusal, 'unknown' | 'under_way'>, FieldRefusal> = {
  payment_method_unknown: ['payment_method', 'does not exist', 'not_found'],
  payment_method_unusable: ['payment_method', 'names nothing that can be charged', 'payment_method_unusable'],
  consent_missing: ['payment_method', 'rests on no live off-session consent', 'consent_missing'],
  consent_used: ['payment_method', 'rests on a one-time consent that is used', 'consent_used'],
  consent_exceeded: ['payment_method', 'rests on a consent that does not reach this far', 'consent_exceeded'],
  currency_unfit: ['payment_method', 'cannot be charged in this currency', 'payment_method_unusable'],
  mandate_missing: ['payment_method', 'is a debit without a mandate', 'payment_method_unusable'],
  amount_unfit: [
    'payment_method',
    'is of a network that does not take this amount',
    'payment_method_unusable',
  ],
  country_unfit: [
    'payment_method',
    'is of a country whose accounts this debit does not reach',
    'payment_method_unusable',
  ],
  debit_too_large: ['payment_method', "is above what the debit's scheme takes", 'payment_method_unusable'],
  due_at_too_far: ['payment_method', 'moves on bank days that are not known so far ahead', 'due_at_too_far'],
};
