import type { Answer } from './answer.ts';
import type { CallLimits, StripeClient } from './client.ts';
import { idOf, objectOf, textOf } from './json.ts';
import { findInList, type List, readPage } from './pages.ts';
import { projectSetupIntent } from './project.ts';

type Charged = { readonly payment_method: string | null; readonly mandate: string | null };

/**
 * The mandate that a customer gave for this debit, whether it still stands or not. Stripe lists no mandates; they are
 * named by what they came with. Null if neither a SetupIntent of the method names one nor one of the newest hundred
 * charges of the customer.
 */
export async function findMandate(
  stripe: StripeClient,
  wanted: { readonly payment_method: string; readonly customer: string },
  limits: CallLimits = {},
): Promise<Answer<string | null>> {
  const { payment_method, customer } = wanted;
  const setups: List<{ readonly mandate: string | null }> = {
    ask: (sdk, page, options) => sdk.setupIntents.list({ payment_method, ...page }, options),
    project: projectSetupIntent,
  };
  const set_up = await findInList(stripe, setups, ({ mandate }) => mandate !== null, limits);
  if (set_up.kind !== 'ok') return set_up;
  const newest = set_up.value.at(-1)?.mandate ?? null;
  if (newest !== null) return { ...set_up, value: newest };
  const charges: List<Charged> = {
    ask: (sdk, page, options) => sdk.charges.list({ customer, ...page }, options),
    project: projectCharged,
  };
  const charged = await readPage(stripe, charges, null, limits);
  if (charged.kind !== 'ok') return charged;
  const paid = charged.value.data.find(
    (one) => one.payment_method === payment_method && one.mandate !== null,
  );
  return { ...charged, value: paid?.mandate ?? null };
}

function projectCharged(value: unknown): Charged | null {
  const charge = objectOf(value);
  if (charge?.object !== 'charge') return null;
  const details = objectOf(charge.payment_method_details);
  const scheme = objectOf(details?.[textOf(details.type) ?? '']);
  return { payment_method: idOf(charge.payment_method), mandate: idOf(scheme?.mandate) };
}
