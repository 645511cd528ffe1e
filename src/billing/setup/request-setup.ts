import { HOUR_MS } from '../../domain/durations.ts';
import type { NewConsent } from '../../store/customer/consent-intake.ts';
import type { KeyedRequest } from '../../store/door/idempotency-keys.ts';
import type { Intake } from '../../store/door/intake.ts';
import { insertSetup, type NewSetup, type SetupRefusal } from '../../store/setup/setup-intake.ts';
import type { Rows } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';

/** Accepts a setup with its consent; from then on it owes a SetupIntent or a Checkout Session. */
export async function requestSetup(
  deps: Dependencies,
  setup: Omit<NewSetup, 'expires_in_ms'>,
  consent: NewConsent,
  request: KeyedRequest,
  caller: string,
): Promise<Intake<Rows['setup'], SetupRefusal>> {
  const expires_in_ms = deps.timings.setupExpiryHours * HOUR_MS;
  const taken = await insertSetup(deps.sql, { ...setup, expires_in_ms }, consent, request, caller);
  if (taken.outcome === 'created') void deps.offer('setup', [taken.row.id]);
  return taken;
}
