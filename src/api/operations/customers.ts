import type { CustomerView } from '../schemas/customer.ts';
import { operationsOf } from './operation.ts';

const NEW_CUSTOMER_EXAMPLE = {
  reference: 'H0001',
  email: 'kim.berg@example.com',
  name: 'Kim Berg',
  locale: 'de-DE',
  time_zone: 'Europe/Berlin',
  metadata: { contract: 'C-2291' },
};

export const CUSTOMER_EXAMPLE: CustomerView = {
  id: 'cst_k5r2n7xq4wmv3tyb6hzc2jdp',
  object: 'customer',
  ...NEW_CUSTOMER_EXAMPLE,
  stripe_customer_id: 'cus_TK2x9QeXbLw4Zf',
  stripe_customer_deleted: false,
  default_payment_method: 'pm_1SJf2cL8vQ4nXyTb0Zr6Wk3D',
  stopped_at: null,
  erased_at: null,
  erased_on: null,
  created_at: '2026-10-01T09:28:40.377Z',
};

const page = { data: [CUSTOMER_EXAMPLE], next_cursor: null, has_more: false };

export const customerOperations = operationsOf('Customers', {
  createCustomer: {
    summary: 'Create a customer',
    description:
      'Registers a person whom you will charge, here and at Stripe. With a `reference` of your own the call may be repeated: it answers 200 with the customer of that reference, ' +
      'or 409 `reference_taken` if what you send differs from them. Pass `stripe_customer_id` to take over a customer whom Stripe already has.',
    refusals: ['conflict', 'reference_taken', 'customer_erased'],
    request: NEW_CUSTOMER_EXAMPLE,
    answer: CUSTOMER_EXAMPLE,
  },
  updateCustomer: {
    summary: 'Update a customer',
    description:
      'Changes the fields that you send and leaves the others; null clears a field. Mails that are still to come go to the new address, in the new language.',
    refusals: ['customer_erased'],
    request: { email: 'kim@berg.example', metadata: { contract: 'C-2291b' } },
    answer: { ...CUSTOMER_EXAMPLE, email: 'kim@berg.example', metadata: { contract: 'C-2291b' } },
  },
  listCustomers: {
    summary: 'List customers',
    description:
      'Returns customers, newest first. Search by address, by your own reference, by the id at Stripe, or by part of a name.',
    refusals: [],
    answer: page,
  },
  retrieveCustomer: {
    summary: 'Retrieve a customer',
    description: 'Returns a customer with their default payment method.',
    refusals: [],
    answer: CUSTOMER_EXAMPLE,
  },
  rebindCustomer: {
    summary: 'Bind a customer to another one at Stripe',
    description:
      'Repairs a customer who was deleted at Stripe, where deleting is for good. Name another customer there, or null to have one made. Saved payment methods do not come along: the customer saves one again.',
    refusals: ['customer_erased', 'conflict'],
    request: { stripe_customer_id: null },
    answer: { ...CUSTOMER_EXAMPLE, stripe_customer_id: null, default_payment_method: null },
  },
  stopCustomer: {
    summary: 'Stop everything for a customer',
    description:
      'Revokes every consent and closes every open charge and setup of a customer who asks you to stop. Nothing is charged until you resume them. ' +
      '`in_flight` names charges that may still be paid because their confirm had already left for Stripe.',
    refusals: [],
    answer: {
      stopped_at: '2026-10-20T15:04:11.902Z',
      closing: ['chg_hnexh2rbhgrr6xcuukyxjcp7'],
      in_flight: [],
    },
  },
  resumeCustomer: {
    summary: 'Resume a stopped customer',
    description:
      'Lifts a stop, so that the customer may be charged again. What the stop revoked stays revoked: the customer gives a new consent first.',
    refusals: ['customer_erased'],
    answer: CUSTOMER_EXAMPLE,
  },
  eraseCustomer: {
    summary: 'Erase a customer',
    description:
      'Forgets a person who asks for it. Address, name and devices are removed at once; the evidence of their payments is removed once no payment can come back, on the day that `erased_on` names. Refused with `charges_open` while a charge is open.',
    refusals: ['charges_open'],
    answer: { erased_at: null, erased_on: '2027-11-20' },
  },
});
