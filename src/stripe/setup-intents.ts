import type { FutureUsage, SetupSnapshot } from '../domain/charge/payment-snapshot.ts';
import type { Answer } from './answer.ts';
import type { CallLimits, StripeClient } from './client.ts';
import { type Json, objectOf, textOf } from './json.ts';
import { ofId, pathId } from './path-id.ts';
import { projectSetupIntent } from './project.ts';

export type NewSetupIntent = {
  readonly key: string;
  readonly customer: string;
  readonly usage: FutureUsage;
  readonly payment_method_types: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
};

/** Creates one for the merchant's own page; the customer confirms it there. */
export function createSetupIntent(
  stripe: StripeClient,
  wanted: NewSetupIntent,
  limits: CallLimits = {},
): Promise<Answer<SetupSnapshot>> {
  return stripe.write(
    { ...limits, key: wanted.key },
    (sdk, options) =>
      sdk.setupIntents.create(
        {
          customer: wanted.customer,
          usage: wanted.usage,
          allowed_payment_method_types: [...wanted.payment_method_types],
          metadata: { ...wanted.metadata },
        },
        options,
      ),
    projectSetupIntent,
  );
}

/** What Stripe says of it now. */
export function retrieveSetupIntent(
  stripe: StripeClient,
  id: string,
  limits: CallLimits = {},
): Promise<Answer<SetupSnapshot>> {
  return stripe.read(
    limits,
    (sdk, options) => sdk.setupIntents.retrieve(pathId(id), {}, options),
    ofId(id, projectSetupIntent),
  );
}

/** A SetupIntent with its secret, which goes to the merchant's page and nowhere else: no row, no log. */
export type SetupSecret = {
  readonly snapshot: SetupSnapshot;
  readonly client_secret: string | null;
  readonly next_action: NextAction | null;
};

/** What Stripe asks of the customer; of its kinds only a page of the bank's says where. */
export type NextAction = {
  readonly type: string;
  readonly redirect_to_url: { readonly url: string | null } | null;
};

/** As `retrieveSetupIntent`, with the secret, read live because it is never stored. */
export function retrieveSetupSecret(
  stripe: StripeClient,
  id: string,
  limits: CallLimits = {},
): Promise<Answer<SetupSecret>> {
  return stripe.read(
    limits,
    (sdk, options) => sdk.setupIntents.retrieve(pathId(id), {}, options),
    ofId(id, projectSetupSecret),
  );
}

/** Asks for its cancellation. One of a Checkout Session is refused: expire the Session instead. */
export function cancelSetupIntent(
  stripe: StripeClient,
  wanted: {
    readonly id: string;
    readonly key: string;
    readonly reason: 'abandoned' | 'duplicate' | 'requested_by_customer';
  },
  limits: CallLimits = {},
): Promise<Answer<SetupSnapshot>> {
  return stripe.write(
    { ...limits, key: wanted.key },
    (sdk, options) =>
      sdk.setupIntents.cancel(pathId(wanted.id), { cancellation_reason: wanted.reason }, options),
    ofId(wanted.id, projectSetupIntent),
  );
}

function projectSetupSecret(body: Json): SetupSecret | null {
  const snapshot = projectSetupIntent(body);
  if (snapshot === null) return null;
  return { snapshot, client_secret: textOf(body.client_secret), next_action: nextActionOf(body.next_action) };
}

function nextActionOf(value: unknown): NextAction | null {
  const action = objectOf(value);
  const type = textOf(action?.type);
  if (type === null) return null;
  const redirect = objectOf(action?.redirect_to_url);
  return { type, redirect_to_url: redirect === null ? null : { url: textOf(redirect.url) } };
}
