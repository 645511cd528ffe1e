/** The evidence of an erased customer's payments: until when it stays, and that it then goes from everywhere. */
import { integration } from '../checks.ts';
import { bug } from './erasure.ts';

const SQL = 'migrations/0019_erasure.sql';
const ITS_DAY = integration('customers/erasure-evidence', 'it stays for as long as a card');

export const erasedEvidence = [
  bug(
    'evidence goes before its day',
    SQL,
    '  if v_until > dc_now() then\n    update',
    '  if false then\n    update',
    ITS_DAY,
  ),
  bug(
    'evidence goes while money is asked back',
    SQL,
    'where c.customer_id = p_customer and b.closed_by is null',
    'where c.customer_id = p_customer and false',
    integration('customers/erasure-evidence', 'while money is asked back it is kept'),
  ),
  bug(
    'the evidence of a debit goes with a card’s',
    'src/platform/timings.ts',
    "sepa_debit: 'P13M'",
    "sepa_debit: 'P540D'",
    integration('customers/erasure-evidence', 'of a sepa_debit it stays for 13 months'),
  ),
  bug(
    'the first payment counts for the evidence of all',
    SQL,
    '    (select max((c.settled_at',
    '    (select min((c.settled_at',
    integration('customers/erasure-evidence', 'of two payments the one that can come back last counts'),
  ),
  bug(
    'evidence of who never paid stays',
    SQL,
    '  if v_until is null then\n    perform forget_evidence(p_id);',
    '  if false then\n    perform forget_evidence(p_id);',
    integration('customers/erasure', 'at once, before any worker'),
  ),
  bug(
    'what was agreed to stays for good',
    SQL,
    "  update consents n set text = '', text_version",
    '  update consents n set text_version',
    ITS_DAY,
  ),
  bug(
    'the card’s face stays for good',
    SQL,
    'update payment_methods m set card_brand = null, card_last4 = null,',
    'update payment_methods m set card_brand = null,',
    ITS_DAY,
  ),
  bug(
    'what a charge was for stays for good',
    SQL,
    "update charges c set description = '', reference = null,",
    'update charges c set reference = null,',
    ITS_DAY,
  ),
  bug(
    'notifications keep the labels of who was erased',
    SQL,
    'where d.entity_id = any(v_charges || v_setups)\n',
    'where false\n',
    ITS_DAY,
  ),
  bug(
    'events of before keep a card’s digits',
    SQL,
    'where e.object_id = any(v_methods || array(',
    'where e.object_id = any(array(',
    integration('customers/erasure-evidence', 'what earlier releases kept of an event goes with it'),
  ),
  bug(
    'a verdict goes though somebody else has the card',
    SQL,
    'and u.id <> p_customer and u.forgotten_at is null);',
    'and u.id <> p_customer and u.forgotten_at is not null);',
    integration('customers/erasure-evidence', 'a verdict goes with the card, unless somebody else has it'),
  ),
  bug(
    'an erasure is over while a setup is still being ended',
    SQL,
    '  v_is_over := not exists (select from setups s where s.customer_id = p_id and s.settled_at is null)\n    and',
    '  v_is_over :=',
    integration('customers/erasure', 'their open setup ends, as by a stop'),
  ),
];
