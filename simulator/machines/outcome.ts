import { authenticationRequired, type Decline, declineOf } from '../declines.ts';
import type { Context, PaymentMethodRow, ScriptedOutcome } from '../world/world.ts';

/** The bank's answer to one attempt at a payment. */
export type Outcome =
  | { kind: 'ok' }
  | { kind: 'challenge'; afterwards: Decline | null }
  | { kind: 'decline'; decline: Decline }
  /** Under way: the answer comes later. */
  | { kind: 'debit' };

export interface Circumstances {
  offSession: boolean;
  request_three_d_secure: string | null;
}

/** From the method's script, or else its row of the card table. Uses up one entry of the script. */
export function decide(method: PaymentMethodRow, at: Circumstances): Outcome {
  const scripted = method.script.shift();
  if (scripted !== undefined) return scriptedOutcome(scripted);
  if (method.behaviour.kind === 'bank') return { kind: 'debit' };
  const { card } = method.behaviour;
  const afterwards = card.afterAuth === 'ok' ? null : declineOf(card.afterAuth);
  const answer = at.offSession ? card.offSession : card.onSession;
  if (answer === 'auth') return { kind: 'challenge', afterwards };
  if (answer === 'auth_unless_set_up') {
    return method.setUpFor === 'off_session' ? { kind: 'ok' } : { kind: 'challenge', afterwards };
  }
  if (answer !== 'ok') return { kind: 'decline', decline: declineOf(answer) };
  const asked = at.request_three_d_secure === 'any' || at.request_three_d_secure === 'challenge';
  if (!asked || card.onRequest === 'ok') return { kind: 'ok' };
  return card.onRequest === 'auth'
    ? { kind: 'challenge', afterwards }
    : { kind: 'decline', decline: declineOf(card.onRequest) };
}

/** The decline an off-session challenge turns into. */
export function challengeRefused(context: Context): Decline {
  return authenticationRequired(context.world.options.authRequiredShape);
}

function scriptedOutcome(scripted: ScriptedOutcome): Outcome {
  switch (scripted) {
    case 'succeed':
      return { kind: 'ok' };
    case 'authentication_required':
      return { kind: 'challenge', afterwards: null };
    case 'processing':
      return { kind: 'debit' };
    default:
      return { kind: 'decline', decline: declineOf(scripted) };
  }
}
