import type { SessionSnapshot } from '../domain/charge/payment-snapshot.ts';
import type { Answer } from './answer.ts';
import type { CallLimits, StripeClient } from './client.ts';
import { type Json, textOf } from './json.ts';
import { ofId, pathId } from './path-id.ts';
import { projectSession } from './project.ts';

export type NewSetupSession = {
  readonly key: string;
  readonly customer: string;
  readonly payment_method_types: readonly string[];
  /** Without any token: Stripe keeps these addresses. */
  readonly success_url: string;
  readonly cancel_url: string;
  /** Put on the Session and on its SetupIntent: neither copies the other's. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Unix seconds, 30 minutes to 24 hours ahead; Stripe's 24 hours when left out. */
  readonly expires_at?: number;
};

/** A Session with its page's address, which goes to the customer's browser; null once it is over. */
export type OpenSession = { readonly snapshot: SessionSnapshot; readonly url: string | null };

/** Creates a Checkout Session that saves a method and charges nothing. */
export function createSetupSession(
  stripe: StripeClient,
  wanted: NewSetupSession,
  limits: CallLimits = {},
): Promise<Answer<OpenSession>> {
  return stripe.write(
    { ...limits, key: wanted.key },
    (sdk, options) =>
      sdk.checkout.sessions.create(
        {
          mode: 'setup',
          customer: wanted.customer,
          allowed_payment_method_types: [...wanted.payment_method_types],
          success_url: wanted.success_url,
          cancel_url: wanted.cancel_url,
          metadata: { ...wanted.metadata },
          setup_intent_data: { metadata: { ...wanted.metadata } },
          ...(wanted.expires_at === undefined ? {} : { expires_at: wanted.expires_at }),
        },
        options,
      ),
    projectOpenSession,
  );
}

/** What Stripe says of it now, with the page's address while it is open. */
export function retrieveSession(
  stripe: StripeClient,
  id: string,
  limits: CallLimits = {},
): Promise<Answer<OpenSession>> {
  return stripe.read(
    limits,
    (sdk, options) => sdk.checkout.sessions.retrieve(pathId(id), {}, options),
    ofId(id, projectOpenSession),
  );
}

/** Ends an open Session, and with it its SetupIntent. A completed one is refused. */
export function expireSession(
  stripe: StripeClient,
  wanted: { readonly id: string; readonly key: string },
  limits: CallLimits = {},
): Promise<Answer<SessionSnapshot>> {
  return stripe.write(
    { ...limits, key: wanted.key },
    (sdk, options) => sdk.checkout.sessions.expire(pathId(wanted.id), {}, options),
    ofId(wanted.id, projectSession),
  );
}

function projectOpenSession(body: Json): OpenSession | null {
  const snapshot = projectSession(body);
  return snapshot === null ? null : { snapshot, url: textOf(body.url) };
}
