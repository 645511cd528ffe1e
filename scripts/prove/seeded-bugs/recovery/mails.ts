/** One mail a customer and day: what waits, what goes at once, what is carried, and how many there are. */
import type { Mutation } from '../../mutations/mutation.ts';
import { integration, unit } from '../checks.ts';

const START = 'migrations/0017_one_mail_a_day.sql';
const MESSAGES = 'src/store/recovery/messages.ts';
const ASKED = 'src/store/recovery/asked-mails.ts';
const RECOVERIES = 'src/store/recovery/recoveries.ts';
const WORDS = 'src/recovery/words/mail-words.ts';

const day = (test: string) => integration('recovery/one-mail-a-day', test);
const merged = (test: string) => integration('recovery/merged-mails', test);
const caps = (test: string) => integration('recovery/mail-caps', test);

const bug = (
  name: string,
  file: string,
  find: string,
  replace: string,
  check: Mutation['check'],
): Mutation => ({ name, edits: [{ file, find, replace }], check });

export const mails: readonly Mutation[] = [
  bug(
    'a mail leaves what waits for its customer to mails of its own',
    START,
    "and m.state = 'queued' and standing_of(o) = 'wanted';",
    'and false;',
    day('of bills that are declined in one run are one mail that names them all'),
  ),
  bug(
    'a first mail waits for no other bill',
    START,
    "        and (c.state = 'in_flight' or c.state in",
    "        and false and (c.state = 'in_flight' or c.state in",
    day('wait for bills that are due within ten minutes, and for no others'),
  ),
  bug(
    'a first mail waits for whatever is due some day',
    START,
    "'retry_wait') and c.due_at <= v_last)",
    "'retry_wait') and c.due_at is not null)",
    day('wait for bills that are due within ten minutes, and for no others'),
  ),
  {
    name: 'a first mail waits until every bill is settled',
    edits: [
      { file: START, find: '  elsif dc_now() < v_last then\n', replace: '  else\n' },
      { file: START, find: 'least(v_last, greatest(v_look, min(c.due_at)))', replace: 'v_look' },
    ],
    check: day('wait no longer than ten minutes for a bill that is not settled'),
  },
  bug(
    'a first mail does not wait the few seconds in which others are posted',
    START,
    '  elsif dc_now() < v_first then\n',
    '  elsif false then\n',
    day('of bills that are posted one after the other merge'),
  ),
  bug(
    'a customer gets a mail for each bill of a day',
    START,
    "where m.state = 'sent' and m.sent_at > dc_now() - (p_spans",
    'where false and m.sent_at > dc_now() - (p_spans',
    day('has been sent: a bill of the same day waits for the next'),
  ),
  bug(
    'a last call waits for its day',
    START,
    "             and m.step !~ '^(opened|early|reminder)') then\n",
    "             and m.step !~ '^(opened|early|reminder|last)') then\n",
    day('does not delay a last call, which carries what waits'),
  ),
  bug(
    'a mail tells of bills of which their merchant wants none',
    START,
    "        and (coalesce((c.terms ->> 'mails')::boolean, true)\n",
    '        and (true\n',
    day('is not asked for a bill of which the merchant wants no mails'),
  ),
  bug(
    'a carrier is judged by its own bill alone',
    'migrations/0031_receipts.sql',
    '        where m.id = p.id or m.served_by = p.id) s\n',
    '        where m.id = p.id) s\n',
    merged('it still goes out for the others when its own bill is closed'),
  ),
  bug(
    'a mail taken along leaves what it carried behind',
    START,
    'from messages o where o.served_by = p_message and m.served_by = o.id;',
    'from messages o where false and o.served_by = p_message and m.served_by = o.id;',
    merged('a mail that was started in vain is taken along with all that it carries'),
  ),
  {
    name: 'two mails of one customer start without a lock between them',
    edits: [
      {
        file: START,
        find: '  if not v_is_notice then\n    perform 1 from customers u where u.id = v_customer for no key update;\n',
        replace: '  if not v_is_notice then\n',
      },
      {
        file: START,
        find: " union select o.id from mails_of(v_customer) o where o.state = 'queued'",
        replace: '',
      },
    ],
    check: merged('two workers that start two mails of one customer at once send one'),
  },
  bug(
    'a mail starts while another is with the mail server',
    START,
    "where m.id <> p_mail.id and (m.state = 'sending' or",
    'where m.id <> p_mail.id and (false or',
    merged('two workers that start two mails of one customer at once send one'),
  ),
  bug(
    'a bounce ends the mails of the carrier alone',
    MESSAGES,
    `      select m.recovery_id from messages m where m.id = \${message.id} or m.served_by = \${message.id})\`;`,
    `      select m.recovery_id from messages m where m.id = \${message.id})\`;`,
    merged('a bounce ends the mails of every recovery that it served'),
  ),
  bug(
    'a last call that another mail carries gets no grace',
    MESSAGES,
    `where (m.id = \${message.id} or m.served_by = \${message.id}) and m.step = 'last_call')\`;`,
    `where m.id = \${message.id} and m.step = 'last_call')\`;`,
    merged('a last call that another mail carries gives its link the grace from then on'),
  ),
  bug(
    'a resend knows no limit',
    ASKED,
    '        and ((select is_left from room) or exists',
    '        and ((select true from room) or exists',
    caps('a resend beyond the day’s mails is refused, writes nothing and ends no link'),
  ),
  bug(
    'a fresh mail knows no limit',
    ASKED,
    '(select charge_id from room where is_left)',
    '(select charge_id from room)',
    caps('a fresh mail beyond the day’s mails is silently not written'),
  ),
  bug(
    'the day’s limit is read before its lock',
    START,
    '  select c.customer_id into v_customer from charges c where c.id = p_charge;\n' +
      '  perform 1 from customers u where u.id = v_customer for no key update;\n',
    '  select c.customer_id into v_customer from charges c where c.id = p_charge;\n',
    caps('two who ask at once do not both get the last place'),
  ),
  bug(
    'what is owed and not sent yet does not count',
    START,
    "m.state = 'queued' and (m.step like 'fresh%' or m.step like 'resent%')",
    'false',
    caps('what is owed and not sent yet counts, and the mails of the customer’s other bills'),
  ),
  bug(
    'the cadence mails beyond a recovery’s limit',
    RECOVERIES,
    "where m.recovery_id = moved.id and m.state in ('queued', 'sending', 'sent', 'failed')",
    'where false',
    caps('a recovery has had its mails: nothing more comes but its last call'),
  ),
  bug(
    'a recovery’s limit holds its last call back',
    RECOVERIES,
    `      where \${next.message_step} = 'last_call'\n`,
    `      where \${next.message_step} = 'first_call'\n`,
    caps('a recovery has had its mails: nothing more comes but its last call'),
  ),
  bug(
    'a sum is said across currencies',
    WORDS,
    'more > 0 || others.some((other) => other.currency !== currency)',
    'more > 0',
    unit('recovery/several-bills', 'sums within one currency only, and only what it lists'),
  ),
];
