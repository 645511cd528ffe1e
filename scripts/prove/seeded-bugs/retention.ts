// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the source that is searched has placeholders
/** What is old goes, what is needed stays, and nobody waits for either. */
import type { Edit, Mutation } from '../mutations/mutation.ts';
import { integration, unit } from './checks.ts';

const SQL = 'migrations/0021_retention.sql';
const rows = (test: string) => integration('history/retention', test);
const steps = (test: string) => integration('history/retention-steps', test);
const plans = (test: string) => integration('history/history-plans', test);
const sql = (find: string, replace: string): Edit[] => [{ file: SQL, find, replace }];
const histories = (find: string, replace: string): Edit[] => [
  { file: 'migrations/0031_receipts.sql', find, replace },
];
const timeline = (find: string, replace: string): Edit[] => [
  { file: 'migrations/0026_endpoints.sql', find, replace },
];

const HISTORY = 'keeps its history for 25 months after its end, and its books for ever';
const whileOpen = (what: string) => rows(`stays whole while its ${what} is open`);

export const retention: readonly Mutation[] = [
  {
    name: "old moves are anybody's to delete",
    edits: timeline(
      "if tg_op = 'DELETE' and current_setting('duecourse.forgetting', true) = 'on'",
      "if tg_op = 'DELETE'",
    ),
    check: rows('is nobody else'),
  },
  {
    name: 'moves of any age go',
    edits: timeline("(case when old.entity in ('inbox_event', 'delivery') then 35 else 540 end)", '-1'),
    check: rows('is nobody else'),
  },
  {
    name: 'whoever says that it forgets may delete old moves',
    edits: timeline(
      'current_user = (select pg_get_userbyid(t.relowner) from pg_class t where t.oid = tg_relid)',
      'true',
    ),
    check: integration('operate/app-role', 'cannot take what is old by its own hand'),
  },
  {
    name: 'an event that waits for a person goes with the others',
    edits: [
      ...sql(
        "m.entity = 'inbox_event' and m.to_state in ('applied', 'ignored'))",
        "m.entity = 'inbox_event')",
      ),
      ...sql(
        "where e.id = any(v_ids) and e.state in ('applied', 'ignored') and e.due_at is null",
        'where e.id = any(v_ids) and e.due_at is null',
      ),
      ...sql("where e.id = any(v_ids) and e.state in ('applied', 'ignored')\n", 'where e.id = any(v_ids)\n'),
    ],
    check: rows('goes 35 days after it was settled'),
  },
  {
    name: 'the walk over old moves goes on over young ones, and never sees them old',
    edits: sql(
      'where p.id < coalesce((select min(y.id) from page y where y.at >= p_before), 9223372036854775807)',
      '',
    ),
    check: rows('goes 35 days after it was settled'),
  },
  {
    name: 'an event goes although it was settled lately',
    edits: sql(
      'and not exists (select from transitions t where t.entity_id = e.id and t.at >= v_before)',
      '',
    ),
    check: rows('is kept for 35 days from when it was settled last'),
  },
  {
    name: 'the only sign of a lost confirm goes',
    edits: sql('or (select i.lost_at from instance i) is null', 'or true'),
    check: rows('stays after a loss if it alone tells of a confirm'),
  },
  {
    name: 'old events leave their moves behind',
    edits: sql("delete from transitions t where t.entity_id = any(v_gone) and t.entity = 'inbox_event';", ''),
    check: rows('goes 35 days after it was settled'),
  },
  {
    name: 'forgetting waits for whoever holds a row',
    edits: sql('order by e.id for update skip locked', 'order by e.id for update'),
    check: steps('what another statement holds is passed over'),
  },
  {
    name: 'an event that was held is never looked at again',
    edits: sql('if cardinality(v_gone) < cardinality(v_ids) then', 'if false then'),
    check: steps('what another statement holds is passed over'),
  },
  {
    name: 'a charge that was held is never looked at again',
    edits: histories('if cardinality(v_ours) < v_found then', 'if false then'),
    check: steps('a charge that another statement holds is passed over whole'),
  },
  {
    name: 'a step of forgetting has no bound',
    edits: sql('order by t.id limit p_rows)', 'order by t.id)'),
    check: steps('a step looks at a bounded number of rows'),
  },
  {
    name: 'a live charge loses its history with the old ones',
    edits: histories(
      'where c.id = any(v_charges) and history_until(c, p_months) < v_now',
      'where c.id = any(v_charges)',
    ),
    check: rows(HISTORY),
  },
  {
    name: 'every history is kept as long as the shortest',
    edits: histories(
      'where c.id = any(v_charges) and history_until(c, p_months) < v_now',
      'where c.id = any(v_charges) and c.settled_at < v_before',
    ),
    check: rows('keeps its history for as long as the table says'),
  },
  {
    name: 'the history of a charge goes while money is asked back',
    edits: histories(
      'select from breaks b where b.entity_id = c.id and b.closed_by is null',
      'select from breaks b where false',
    ),
    check: rows('stays whole while its money is asked back'),
  },
  {
    name: 'a decided dispute keeps a history for ever',
    edits: histories("in ('won', 'lost', 'warning_closed')", "in ('')"),
    check: rows('stays whole while its money is asked back'),
  },
  {
    name: 'a history goes while an attempt is open',
    edits: histories(
      'and not exists (select from charge_attempts a where a.charge_id = c.id and a.ended_at is null)',
      '',
    ),
    check: whileOpen('attempt'),
  },
  {
    name: 'a history goes while the recovery is open',
    edits: histories("and (coalesce(r.closed_at, 'infinity') >= v_before", 'and (false'),
    check: whileOpen('recovery'),
  },
  {
    name: 'a history goes while a new card is open',
    edits: histories(
      "where s.recovery_id = r.id and coalesce(s.settled_at, 'infinity') >= v_before)",
      'where false)',
    ),
    check: whileOpen('setup'),
  },
  {
    name: 'a history goes while a mail is due',
    edits: histories('and (g.due_at is not null\n', 'and (false\n'),
    check: whileOpen('mail'),
  },
  {
    name: 'a history goes while its receipt is owed',
    edits: histories('and (g.due_at is not null or exists', 'and (exists'),
    check: rows('goes with its receipt'),
  },
  {
    name: 'a history goes while its receipt is young',
    edits: histories(
      'or exists (select from transitions t where t.entity_id = g.id and t.at >= v_before)))\n  ',
      '))\n  ',
    ),
    check: rows('goes with its receipt'),
  },
  {
    name: 'a receipt outlives the history of its charge',
    edits: histories(' or g.charge_id = any(v_charges)', ''),
    check: rows('goes with its receipt'),
  },
  {
    name: 'a mail goes although it tells of a charge whose history is kept',
    edits: histories("or o.id is not null and coalesce(history_until(d, p_months), 'infinity') >= v_now", ''),
    check: rows('stays whole while a mail of it tells of a charge'),
  },
  {
    name: 'a mail that said what others would have said cannot go',
    edits: histories(
      'v_mails := v_mails || array(select o.id from messages o where o.served_by = any(v_mails));',
      '',
    ),
    check: rows('stays whole while a mail of it tells of a charge'),
  },
  {
    name: 'from where a customer pressed is kept for ever',
    edits: histories(
      'update setups s set accepted_ip_address = null, accepted_user_agent = null',
      'update setups s set tries = s.tries',
    ),
    check: rows(HISTORY),
  },
  {
    name: 'what was told of a charge outlives its history',
    edits: [
      {
        file: 'migrations/0023_events.sql',
        find: "where e.object_id in (select g.entity_id from gone g where g.entity in ('charge', 'setup'))",
        replace: 'where false',
      },
    ],
    check: rows(HISTORY),
  },
  {
    name: 'a history that was passed over once is kept for ever',
    edits: [
      {
        file: 'src/billing/janitor/forget-history.ts',
        find: 'isRepeated: true,',
        replace: 'isRepeated: false,',
      },
    ],
    check: rows('stays whole while its money is asked back'),
  },
  {
    name: 'reconcile misses the timelines that were taken',
    edits: [
      {
        file: 'src/store/janitor/invariants.ts',
        find: 'and not (t.to_state is null and ${mayBeForgotten(sql)})',
        replace: 'and not (false and ${mayBeForgotten(sql)})',
      },
    ],
    check: rows(HISTORY),
  },
  {
    name: 'an old event that is gone counts as a lost write',
    edits: [{ file: 'src/store/work/newest-write.ts', find: 'if (PASSING.has(kind)) return;', replace: '' }],
    check: unit('store/newest-write', 'keeps in mind only what is never deleted'),
  },
  {
    name: 'tables that have grown tenfold are never analyzed',
    edits: sql('s.n_mod_since_analyze >= 0.9 * s.n_live_tup', 'false'),
    check: steps('a table that has grown tenfold is analyzed once'),
  },
  {
    name: 'small tables are analyzed again and again',
    edits: sql('s.n_live_tup >= p_rows and', ''),
    check: steps('a table that has grown tenfold is analyzed once'),
  },
  {
    name: 'a list of few charges reads all of history',
    edits: [{ file: 'src/store/charge/charge-list.ts', find: '.inlineParams()', replace: '' }],
    check: plans('that are canceled reads those alone'),
  },
  {
    name: 'a list of what is open reads all of history',
    edits: [
      {
        file: 'src/store/charge/charge-list.ts',
        find: 'return isOpen\n    ? and',
        replace: 'return isOpen && states.length > 99\n    ? and',
      },
    ],
    check: plans('that are processing reads those alone'),
  },
  {
    name: 'the books of a day read all of history',
    edits: [
      {
        file: 'src/store/janitor/reconciliation.ts',
        find: 'return sql`settled_at >= ${from} and settled_at < ${to}`;',
        replace:
          'return sql`coalesce(settled_at >= ${from}, false) and coalesce(settled_at < ${to}, false)`;',
      },
    ],
    check: plans('of a day add up its charges'),
  },
  {
    name: 'reconcile looks for what has not ended in all of history',
    edits: [
      {
        file: 'src/store/janitor/reconciliation.ts',
        find: '\n      and (c.due_at is not null or c.due_at is null and c.settled_at is null)',
        replace: '',
      },
    ],
    check: plans('name every charge that has not ended'),
  },
  {
    name: 'reconcile does not look for charges that wait for their customer',
    edits: [
      {
        file: 'src/store/janitor/reconciliation.ts',
        find: ' or c.due_at is null and c.settled_at is null',
        replace: '',
      },
    ],
    check: plans('name every charge that has not ended'),
  },
];
