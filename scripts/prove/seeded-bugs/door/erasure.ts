// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the source that is searched has placeholders
/** A person is forgotten: what goes at once, what on its day, and that nothing of it comes back. */
import type { Check, Edit, Mutation } from '../../mutations/mutation.ts';
import { integration, unit } from '../checks.ts';

const SQL = 'migrations/0019_erasure.sql';
const INTAKE = 'src/store/customer/customer-intake.ts';

const AT_ONCE = integration('customers/erasure', 'nothing of the person themselves is left anywhere');
const UNANSWERED = integration('customers/erasure-late', 'whose create was never answered is found');
const wall = 'customers/erasure-races';
const refused = (what: string) =>
  integration('customers/erasure-refusals', `${what} is refused, and nothing is written`);

export function bug(name: string, file: string, find: string, replace: string, check: Check): Mutation {
  const edits: readonly Edit[] = [{ file, find, replace }];
  return { name, edits, check };
}

export const erasure: readonly Mutation[] = [
  bug(
    'a person is forgotten while a charge of theirs is open',
    SQL,
    '  if cardinality(charge_ids) > 0 then',
    '  if false then',
    integration('customers/erasure', 'it is refused with its own code'),
  ),
  bug(
    'an erasure does not wait for a setup that is being taken in',
    SQL,
    '  select * into v_was from customers u where u.id = p_id for no key update;',
    '  select * into v_was from customers u where u.id = p_id;',
    integration(wall, 'an erasure that waited for a setup finds it'),
  ),
  bug(
    'an erasure leaves the address of the device that agreed',
    SQL,
    'dc_now()), ip_address = null, user_agent = null',
    'dc_now())',
    AT_ONCE,
  ),
  bug(
    'an erasure leaves the device that pressed for another card',
    SQL,
    'set accepted_ip_address = null, accepted_user_agent = null where',
    'set accepted_user_agent = null where',
    AT_ONCE,
  ),
  bug(
    'an erasure leaves the keys of what was asked for',
    SQL,
    "    where k.entity_id not like 'chg%' and k.entity_id = any(",
    "    where k.entity_id like 'chg%' and k.entity_id = any(",
    AT_ONCE,
  ),
  bug(
    'an erasure leaves consents alive',
    SQL,
    'set revoked_at = coalesce(n.revoked_at, dc_now()), ip_address',
    'set ip_address',
    AT_ONCE,
  ),
  bug(
    'an erasure leaves cards on file',
    SQL,
    "    where m.customer_id = p_id and m.state in ('usable', 'unusable', 'needs_review')",
    "    where m.customer_id = p_id and m.state in ('unusable', 'needs_review')",
    integration('customers/erasure', 'Stripe is told that nothing is left'),
  ),
  bug(
    'Stripe keeps the address of who was erased',
    SQL,
    "then '{}'::jsonb end,",
    'then null end,',
    integration('customers/erasure', 'Stripe is told that nothing is left'),
  ),
  bug(
    'Stripe keeps the merchant’s reference of who was erased',
    'src/billing/customer/tell-stripe.ts',
    '{ reference: null }',
    '{}',
    integration('customers/erasure', 'Stripe is told that nothing is left'),
  ),
  bug(
    'an erasure is told under the key of the change before it',
    SQL,
    'telling = null, update_number = u.update_number + 1,',
    'telling = null,',
    integration('customers/erasure-late', 'cut off after_effect, is told that nothing is left'),
  ),
  bug(
    'what Stripe refuses to forget is let go',
    'src/billing/customer/tell-stripe.ts',
    'if (customer.forgotten_at !== null && code !== UNKNOWN_THERE) return park(customer, code);',
    '',
    integration('customers/erasure-late', 'whose update Stripe refuses waits for a person'),
  ),
  bug(
    'a released erasure makes the customer anew',
    'src/domain/releases.ts',
    'if (row.forgotten_at != null)',
    'if (row.update_number === 0)',
    integration('customers/erasure-late', 'whose update Stripe refuses waits for a person'),
  ),
  bug(
    'links of who was erased open what they opened',
    SQL,
    'set link_version = r.link_version + 1, revision',
    'set revision',
    integration('customers/erasure-links', 'a paid bill’s link says so until the person is erased'),
  ),
  bug(
    'the page of an erased customer’s setup stays',
    'src/store/setup/setup-page.ts',
    'where s.id = ${setup_id} and u.forgotten_at is null`',
    'where s.id = ${setup_id}`',
    integration('customers/erasure-links', 'the page of a setup is gone'),
  ),
  bug(
    'a mail that was marked before an erasure goes to nobody',
    'src/store/recovery/messages.ts',
    '  if (first.is_erased) return null;\n',
    '',
    integration('customers/erasure-late', 'a mail that is about to go out finds no address'),
  ),
  bug(
    'mails of who was erased stay queued',
    SQL,
    "and m.state in ('queued', 'sending');",
    "and m.state in ('sending');",
    integration('customers/erasure-late', 'a mail that is about to go out finds no address'),
  ),
  bug(
    'a consent is written for who was erased',
    SQL,
    "    raise exception 'customer % is erased', new.customer_id using errcode = 'DC004';",
    '    return new;',
    integration(wall, 'a consent of an earlier release'),
  ),
  bug(
    'a card that came too late is kept',
    SQL,
    '    if v_forgotten is null then\n      return new;',
    '    if true then\n      return new;',
    integration('customers/erasure-late', 'that was saved faster than its setup could be canceled'),
  ),
  bug(
    'a card does not wait for an erasure',
    SQL,
    'from customers u where u.id = new.customer_id for no key update;',
    'from customers u where u.id = new.customer_id;',
    integration(wall, 'a card that waited for an erasure is let go'),
  ),
  bug(
    'news of a card bring it back',
    SQL,
    '  if v_forgotten is not null then\n    new.card_brand := case',
    '  if false then\n    new.card_brand := case',
    integration('customers/erasure-late', 'of which its bank tells news'),
  ),
  bug(
    'an adoption does not wait for an erasure',
    'src/store/customer/adoption.ts',
    'where id = ${adoption.customer_id} for no key update',
    'where id = ${adoption.customer_id}',
    integration(wall, 'another card that waited for an erasure is refused'),
  ),
  bug(
    'what a create made of who was erased is not looked for',
    'src/billing/customer/forget-customer.ts',
    'if (row.stripe_customer_id === null && row.create_opened_at !== null)',
    'if (row.tries < 0 && row.create_opened_at !== null)',
    UNANSWERED,
  ),
  bug(
    'a late binding forgets that its customer was erased',
    'src/store/customer/customer-binding.ts',
    "told = case when forgotten_at is null then telling else '{}' end,",
    'told = telling,',
    UNANSWERED,
  ),
  bug(
    'the reference of who was erased is free again',
    SQL,
    'reference_hash = reference_mark(u.reference), reference = null,',
    'reference = null,',
    integration('customers/erasure-refusals', 'under their reference is refused'),
  ),
  bug(
    'the key of who was erased makes nothing and says nothing',
    INTAKE,
    'and (id = ${customer.id} or',
    'and (false or',
    integration('customers/erasure-refusals', 'by the key alone is refused'),
  ),
  bug(
    'an erased customer gets an address',
    'src/store/customer/customer-changes.ts',
    "case when g.forgotten_at is not null then 'erased'\n                  when",
    'case when',
    refused('an address'),
  ),
  bug(
    'an erased customer is resumed',
    'src/store/customer/consent-revocation.ts',
    'select from held where forgotten_at is null',
    'select from held',
    refused('to be resumed'),
  ),
  bug(
    'an erased customer is bound anew',
    'src/billing/customer/rebind-customer.ts',
    "  if (row.forgotten_at !== null) return 'erased';\n",
    '',
    refused('another customer at Stripe'),
  ),
  bug(
    'an event keeps the digits of a card',
    'src/stripe/events/event.ts',
    '{ ...method, card: null }',
    '{ ...method }',
    unit('stripe/project', 'keeps neither the digits of a card'),
  ),
  bug(
    'an event keeps what the merchant calls a charge',
    'src/stripe/events/event.ts',
    'return { ...intent, metadata };',
    'return { ...intent, metadata: { ...metadata, ..._ === undefined ? {} : { reference: _ } } };',
    unit('stripe/project', 'keeps neither the digits of a card'),
  ),
  bug(
    'money is claimed for who was erased',
    'src/billing/janitor/claim-payment.ts',
    'if (ground.is_forgotten)',
    'if (false)',
    integration('customers/erasure-refusals', 'money that turns up at Stripe is not claimed'),
  ),
  bug(
    'an erased customer is told as one who can be resumed, for a setup',
    'src/store/setup/setup-intake.ts',
    "          when (select forgotten_at from payer) is not null then 'customer_erased'\n",
    '',
    refused('a setup'),
  ),
  bug(
    'an erased customer is told as one who can be resumed, for a charge',
    'src/api/routes/new-charge.ts',
    '?.forgotten_at != null;',
    '?.forgotten_at === undefined;',
    refused('a charge'),
  ),
  bug(
    'a card of who was erased is told as merely detached',
    'src/api/routes/payment-methods.ts',
    'return owner !== null && owner.forgotten_at !== null;',
    'return owner === undefined;',
    refused('their card as a default'),
  ),
  {
    name: 'a card is adopted for who was erased, up to the wall',
    edits: [
      {
        file: 'src/billing/customer/adopt-payment-method.ts',
        find: "  if (customer.forgotten_at !== null) return { outcome: 'refused', refusal: 'customer_erased' };\n",
        replace: '',
      },
      {
        file: 'src/store/customer/adoption.ts',
        find: "          when c.forgotten_at is not null then 'customer_erased'\n",
        replace: '',
      },
    ],
    check: integration(wall, 'another card that waited for an erasure is refused'),
  },
  bug(
    'no check for what an erased customer’s row holds',
    SQL,
    "(forgotten_at is not null and email = '' and name is null",
    '(forgotten_at is not null and (true or name is null)',
    integration(wall, 'no statement writes the email'),
  ),
  bug(
    'a deletion at Stripe after an erasure is not noted',
    'src/store/customer/deleted-customer.ts',
    "state in ('bound', 'erasing', 'erased')",
    "state = 'bound'",
    integration('customers/erasure-late', 'that the merchant deletes afterwards is noted'),
  ),
  bug(
    'what Stripe holds of who was erased is never opened to be told',
    'src/store/customer/customer-changes.ts',
    "c.state in ('bound', 'erasing', 'erased')",
    "c.state = 'bound'",
    integration('customers/erasure', 'Stripe is told that nothing is left'),
  ),
];
