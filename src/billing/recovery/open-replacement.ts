import { buildKey, recoveryMetadata } from '../../domain/keys.ts';
import { unreachable } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { randomId } from '../../platform/ids.ts';
import {
  bindReplacementSession,
  closeReplacement,
  openReplacement,
  readOpenReplacement,
  readReplacementContext,
} from '../../store/recovery/replacements.ts';
import type { Rows } from '../../store/work/obligations.ts';
import { createSetupSession, type OpenSession, retrieveSession } from '../../stripe/checkout-sessions.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeWrite, type WriteVerdict } from '../work/judge-answer.ts';
import { applyReplacementSession, SESSION_LOOK_MS } from './apply-replacement-event.ts';

/** How long a press waits for another tab's request, which is under way to Stripe. */
const LOOKS_MAX = 10;
const LOOK_MS = 200;

/** The press and its evidence. */
export type Replace = {
  readonly recovery_id: string;
  readonly ip_address: string;
  readonly user_agent: string | null;
};

export type Replacing =
  /** Stripe's page, read live and never stored. */
  | { readonly outcome: 'redirect'; readonly url: string }
  /** The card is saved already: the page shows the button that pays. */
  | { readonly outcome: 'completed' }
  /** The recovery takes no more sessions, or no presses now. */
  | { readonly outcome: 'closed' }
  /** Stripe gave no usable answer: press again. */
  | { readonly outcome: 'unavailable' };

/**
 * Answers the customer's "use another card": the Checkout Session that is open, else the next one. The press
 * is the acceptance of this amount on the card to come.
 */
export async function replaceCard(deps: Dependencies, press: Replace): Promise<Replacing> {
  const open = await readOpenReplacement(deps.sql, press.recovery_id);
  const row = open ?? (await openNext(deps, press));
  if (row === null) return { outcome: 'closed' };
  if (row.stripe_checkout_session_id !== null) return useSession(deps, press, row);
  const created = await createSession(deps, row);
  if (created.outcome !== 'unavailable') return created;
  // The other tab's request holds the key at Stripe: its session is this one's, too.
  const bound = await boundByAnother(deps, press.recovery_id);
  return bound === null ? created : useSession(deps, press, bound);
}

async function boundByAnother(deps: Dependencies, recovery_id: string): Promise<Rows['replacement'] | null> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const row = await readOpenReplacement(deps.sql, recovery_id);
    if (row === null || row.stripe_checkout_session_id !== null) return row;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return null;
}

/** Leads to a session that exists, or on from one that is over. */
async function useSession(deps: Dependencies, press: Replace, row: Rows['replacement']): Promise<Replacing> {
  const session = await retrieveSession(deps.stripe, row.stripe_checkout_session_id ?? '');
  if (session.kind !== 'ok') return { outcome: 'unavailable' };
  const { snapshot, url } = session.value;
  if (snapshot.status === 'open' && url !== null) return { outcome: 'redirect', url };
  const applied = await applyReplacementSession(deps, row, snapshot);
  if (applied === 'completed') return { outcome: 'completed' };
  const next = await openNext(deps, press);
  return next === null ? { outcome: 'closed' } : createSession(deps, next);
}

async function openNext(deps: Dependencies, press: Replace): Promise<Rows['replacement'] | null> {
  const opened = await openReplacement(deps.sql, {
    id: randomId('rpl'),
    sessions_max: deps.timings.replacementSessionsMax,
    ...press,
  });
  // Two tabs pressed at once: the other one's row is as good.
  return opened ?? (await readOpenReplacement(deps.sql, press.recovery_id));
}

/**
 * Creates the session that the row owes, and binds it. The key names recovery and number, so whoever repeats it
 * gets the same session. No address sent to Stripe holds a token.
 */
export async function createSession(deps: Dependencies, row: Rows['replacement']): Promise<Replacing> {
  const context = await readReplacementContext(deps.sql, row.id);
  if (context === null || context.stripe_customer_id === null) return { outcome: 'unavailable' };
  const page = `${deps.recovery.public_url}/r/page/${row.recovery_id}`;
  await failpoint('replacement.create.before');
  const answer = await createSetupSession(deps.stripe, {
    key: buildKey({ row: row.recovery_id, verb: 'replace', n: row.number }),
    customer: context.stripe_customer_id,
    payment_method_types: ['card'],
    success_url: `${page}/return`,
    cancel_url: page,
    metadata: recoveryMetadata(row.recovery_id, deps.instance.id),
  });
  await failpoint('replacement.create.after_effect');
  return bindAnswer(deps, row, judgeWrite(answer));
}

async function bindAnswer(
  deps: Dependencies,
  row: Rows['replacement'],
  verdict: WriteVerdict<OpenSession>,
): Promise<Replacing> {
  const fields = { recoveryId: row.recovery_id, chargeId: row.charge_id };
  switch (verdict.kind) {
    case 'done': {
      const { snapshot, url } = verdict.value;
      await bindReplacementSession(deps.sql, {
        id: row.id,
        session_id: snapshot.id,
        setup_intent_id: snapshot.setup_intent,
        due_in_ms: SESSION_LOOK_MS,
      });
      await failpoint('replacement.bind.after_effect');
      return url === null ? { outcome: 'unavailable' } : { outcome: 'redirect', url };
    }
    case 'again':
      deps.log.warn({ event: 'replacement.not_created', ...fields, code: verdict.code });
      return { outcome: 'unavailable' };
    case 'spent':
    case 'refused': {
      // Nobody has the address of such a session, so it can be left to Stripe's own expiry: the next press
      // gets the next number, hence another key.
      const code = verdict.kind === 'spent' ? 'server_error' : verdict.code;
      deps.log.error({ event: 'replacement.not_created', ...fields, code });
      await closeReplacement(deps.sql, { id: row.id, detail: code, method: 'none' });
      return { outcome: 'unavailable' };
    }
    default:
      return unreachable(verdict);
  }
}
