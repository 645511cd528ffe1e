import type { CustomerSnapshot } from '../domain/charge/payment-snapshot.ts';
import type { Answer } from './answer.ts';
import type { CallLimits, StripeClient } from './client.ts';
import { everyPage, PAGE_SIZE_MAX, projectPage } from './pages.ts';
import { projectCustomer } from './project.ts';

export type NewCustomer = {
  readonly key: string;
  readonly email: string;
  readonly name: string | null;
  readonly locale: string | null;
  readonly metadata: Readonly<Record<string, string>>;
};

export function createCustomer(
  stripe: StripeClient,
  wanted: NewCustomer,
  limits: CallLimits = {},
): Promise<Answer<CustomerSnapshot>> {
  return stripe.write(
    { ...limits, key: wanted.key },
    (sdk, options) =>
      sdk.customers.create(
        {
          email: wanted.email,
          ...(wanted.name === null ? {} : { name: wanted.name }),
          ...(wanted.locale === null ? {} : { preferred_locales: [wanted.locale] }),
          metadata: { ...wanted.metadata },
        },
        options,
      ),
    projectCustomer,
  );
}

/**
 * The customers at Stripe that carry our mark for this row, oldest first: how a create older than its key is
 * found again. Stripe filters by address and time only, so the mark is compared here.
 */
export async function findCustomers(
  stripe: StripeClient,
  wanted: { readonly dc_customer: string; readonly email: string; readonly created_gte_s: number },
  limits: CallLimits = {},
): Promise<Answer<readonly CustomerSnapshot[]>> {
  const answer = await everyPage<CustomerSnapshot>((starting_after) => {
    const params = {
      email: wanted.email,
      created: { gte: wanted.created_gte_s },
      limit: PAGE_SIZE_MAX,
      ...(starting_after === null ? {} : { starting_after }),
    };
    return stripe.read(
      limits,
      (sdk, options) => sdk.customers.list(params, options),
      (body) => projectPage(body, projectCustomer),
    );
  });
  if (answer.kind !== 'ok') return answer;
  const ours = answer.value.filter(({ metadata }) => metadata.dc_customer === wanted.dc_customer);
  return { ...answer, value: ours.reverse() };
}
