import type { SetupAccess } from '../../billing/setup/read-setup-access.ts';
import { machines } from '../../domain/machines.ts';
import type { SetupWithConsent } from '../../store/setup/setup-list.ts';
import type { SetupView } from '../schemas/setup.ts';
import { consentView } from './consent.ts';

const NO_ACCESS: SetupAccess = { client_secret: null, url: null, next_action: null };

/** A setup as the API shows it. */
export function setupView({ setup, consent }: SetupWithConsent, access: SetupAccess = NO_ACCESS): SetupView {
  return {
    id: setup.id,
    object: 'setup',
    customer: setup.customer_id,
    usage: setup.usage as SetupView['usage'],
    payment_method_types: setup.payment_method_types,
    via: setup.via as SetupView['via'],
    status: machines.setup.statuses[setup.state],
    detail: setupDetail(setup),
    stripe_setup_intent_id: setup.stripe_setup_intent_id,
    client_secret: access.client_secret,
    url: access.url,
    next_action: access.next_action,
    payment_method: setup.payment_method_id,
    mandate: setup.mandate_id,
    last_error: setup.last_error,
    consent: consentView(consent),
    allow_redisplay: setup.allow_redisplay,
    return_url: setup.return_url,
    version: setup.version,
    metadata: setup.metadata,
    expires_at: setup.expires_at.toISOString(),
    created_at: setup.created_at.toISOString(),
    settled_at: setup.settled_at?.toISOString() ?? null,
  };
}

function setupDetail(setup: SetupWithConsent['setup']): string | null {
  if (setup.state === 'closing') return 'closing';
  if (setup.state === 'needs_review') return 'under_review';
  return setup.detail;
}
