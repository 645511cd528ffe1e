import type { CustomerSnapshot } from '../domain/charge/payment-snapshot.ts';
import type { Answer } from './answer.ts';
import type { CallLimits, StripeClient } from './client.ts';
import { findInList, type List } from './pages.ts';
import { ofId, pathId } from './path-id.ts';
import { projectCustomer } from './project.ts';

export type NewCustomer = {
  readonly key: string;
  readonly email: string;
  readonly name: string | null;
  readonly locale: string | null;
  readonly metadata: Readonly<Record<string, string>>;
};

/**
 * One that RFC 5321 calls a mailbox. Stripe refuses addresses by rules that it does not publish (`email_invalid`,
 * https://docs.stripe.com/error-codes), and a customer who cannot be made cannot pay. So it is not told of one with dots
 * at odd places or a domain with underscores; our own mails do go there.
 */
const MAILBOX = /^[^.@]+(?:\.[^.@]+)*@[^_@]+$/;

function toldAddress(email: string): string | null {
  return MAILBOX.test(email) ? email : null;
}

export function createCustomer(
  stripe: StripeClient,
  wanted: NewCustomer,
  limits: CallLimits = {},
): Promise<Answer<CustomerSnapshot>> {
  const email = toldAddress(wanted.email);
  return stripe.write(
    { ...limits, key: wanted.key },
    (sdk, options) =>
      sdk.customers.create(
        {
          ...(email === null ? {} : { email }),
          ...(wanted.name === null ? {} : { name: wanted.name }),
          ...(wanted.locale === null ? {} : { preferred_locales: [wanted.locale] }),
          metadata: { ...wanted.metadata },
        },
        options,
      ),
    projectCustomer,
  );
}

/** What Stripe says of it now; a deleted one keeps its id and says so. */
export function retrieveCustomer(
  stripe: StripeClient,
  id: string,
  limits: CallLimits = {},
): Promise<Answer<CustomerSnapshot>> {
  return stripe.read(
    limits,
    (sdk, options) => sdk.customers.retrieve(pathId(id), {}, options),
    ofId(id, projectCustomer),
  );
}

/** What of a customer is told; absent: as it is. Null takes it away. */
export type CustomerUpdate = {
  readonly id: string;
  readonly key: string;
  readonly email?: string;
  readonly name?: string | null;
  readonly locale?: string | null;
  /** The merchant's own name for it, among the metadata. */
  readonly reference?: null;
};

/** Only what is given changes: the customer may be another program's, too. An empty text takes a value away (https://docs.stripe.com/api/customers/update). */
export function updateCustomer(
  stripe: StripeClient,
  wanted: CustomerUpdate,
  limits: CallLimits = {},
): Promise<Answer<CustomerSnapshot>> {
  const { id, key, email, name, locale, reference } = wanted;
  return stripe.write(
    { ...limits, key },
    (sdk, options) =>
      sdk.customers.update(
        pathId(id),
        {
          ...(email === undefined ? {} : { email: toldAddress(email) ?? '' }),
          ...(name === undefined ? {} : { name: name ?? '' }),
          ...(locale === undefined
            ? {}
            : { preferred_locales: locale === null ? ('' as unknown as string[]) : [locale] }),
          ...(reference === undefined ? {} : { metadata: { reference: '' } }),
        },
        options,
      ),
    projectCustomer,
  );
}

/** The customers that carry our mark for this row, oldest first: how a create older than its key is found again. */
export function findCustomers(
  stripe: StripeClient,
  wanted: { readonly dc_customer: string; readonly email: string; readonly created_gte_s: number },
  limits: CallLimits = {},
): Promise<Answer<readonly CustomerSnapshot[]>> {
  const { created_gte_s, dc_customer } = wanted;
  const email = toldAddress(wanted.email);
  const list: List<CustomerSnapshot> = {
    ask: (sdk, page, options) =>
      sdk.customers.list(
        { ...(email === null ? {} : { email }), created: { gte: created_gte_s }, ...page },
        options,
      ),
    project: projectCustomer,
  };
  return findInList(stripe, list, ({ metadata }) => metadata.dc_customer === dc_customer, limits);
}
