import { expectations } from './card-expectations.ts';

export type Status =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'requires_capture'
  | 'processing'
  | 'succeeded'
  | 'canceled';

/**
 * What one PaymentIntent is expected to be: Stripe's documented transitions, written once more as a
 * function.
 */
export type Model = {
  status: Status;
  manual: boolean;
  amount: number;
  received: number;
  /** The method of the confirm that waits at the bank. */
  atBank: string | undefined;
  confirms: number;
};

export type Step =
  | { kind: 'confirm'; token: string; customer: 'present' | 'away' }
  | { kind: 'bank'; outcome: 'succeed' | 'fail' }
  | { kind: 'cancel' }
  | { kind: 'capture' }
  | { kind: 'update'; amount: number };

/** What the caller is told, and what the PaymentIntent is afterwards. */
export type Told = { told: 'ok' | 'refused' | 'declined'; next: Model };

const open: readonly Status[] = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

/** The expected answer to a step, or undefined when the step makes no sense here and is left out. */
export function expected(model: Model, step: Step): Told | undefined {
  switch (step.kind) {
    case 'confirm':
      return confirmed(model, step.token, step.customer);
    case 'bank':
      return atTheBank(model, step.outcome);
    case 'cancel':
      if (model.status === 'processing' || model.status === 'succeeded' || model.status === 'canceled') {
        return { told: 'refused', next: model };
      }
      return { told: 'ok', next: { ...model, status: 'canceled', atBank: undefined } };
    case 'capture':
      if (model.status !== 'requires_capture') return { told: 'refused', next: model };
      return { told: 'ok', next: { ...model, status: 'succeeded', received: model.amount } };
    case 'update':
      if (!open.includes(model.status)) return { told: 'refused', next: model };
      return { told: 'ok', next: { ...model, amount: step.amount } };
  }
}

function confirmed(model: Model, token: string, customer: 'present' | 'away'): Told {
  if (!open.includes(model.status)) return { told: 'refused', next: model };
  const row = expectations[token];
  const outcome = customer === 'present' ? row?.onSession : row?.offSession;
  const tried = { ...model, atBank: undefined, confirms: model.confirms + 1 };
  if (outcome === 'ok') return { told: 'ok', next: paid(tried) };
  if (outcome === 'auth' && customer === 'present') {
    return { told: 'ok', next: { ...tried, status: 'requires_action', atBank: token } };
  }
  return { told: 'declined', next: { ...tried, status: 'requires_payment_method' } };
}

function atTheBank(model: Model, outcome: 'succeed' | 'fail'): Told | undefined {
  if (model.status !== 'requires_action' || model.atBank === undefined) return undefined;
  const after = { ...model, atBank: undefined };
  const passes = outcome === 'succeed' && expectations[model.atBank]?.afterAuth === 'ok';
  return { told: 'ok', next: passes ? paid(after) : { ...after, status: 'requires_payment_method' } };
}

function paid(model: Model): Model {
  return model.manual
    ? { ...model, status: 'requires_capture' }
    : { ...model, status: 'succeeded', received: model.amount };
}
