import type { CustomerRow } from '../../store/customer/customers.ts';
import { DELETED_AT_STRIPE } from '../../store/customer/deleted-customer.ts';
import { erasedOn } from '../../store/customer/erasure.ts';
import type { CustomerView } from '../schemas/customer.ts';

/** A customer as the API shows it. */
export function customerView(row: CustomerRow): CustomerView {
  return {
    id: row.id,
    object: 'customer',
    reference: row.reference,
    email: row.forgotten_at === null ? row.email : null,
    name: row.name,
    locale: row.locale,
    time_zone: row.time_zone,
    metadata: row.metadata,
    stripe_customer_id: row.stripe_customer_id,
    stripe_customer_deleted: row.detail === DELETED_AT_STRIPE,
    default_payment_method: row.default_payment_method_id,
    stopped_at: row.stopped_at?.toISOString() ?? null,
    erased_at: row.erased_at?.toISOString() ?? null,
    erased_on: erasedOn(row),
    created_at: row.created_at.toISOString(),
  };
}
