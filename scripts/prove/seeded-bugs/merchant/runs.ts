/** Runs: who lets their charges go, what is taken in twice, and what is decided twice. */
import type { Mutation } from '../../mutations/mutation.ts';
import { integration, unit } from '../checks.ts';

const MIGRATION = 'migrations/0033_runs.sql';
const STEP = 'migrations/0034_stop_loss.sql';
const OPENING = 'src/store/charge/open-attempt.ts';
const DECIDE = 'src/domain/charge/decide-charge.ts';
const LIFE = 'runs/run-life';
const LINES = 'runs/run-lines';
const GROUPS = 'runs/groups';
const STOP = 'runs/stop-loss';

export const runBugs: readonly Mutation[] = [
  {
    name: 'the statement that opens an attempt does not ask the run',
    edits: [{ file: OPENING, find: 'b.is_permitted and b.goes', replace: 'b.is_permitted' }],
    check: integration('runs/gate', 'opens nothing that was decided before the pause'),
  },
  {
    name: 'an attempt is sent again though its run is paused',
    edits: [
      {
        file: OPENING,
        find: 'from wanted join gates using (charge_id) where goes) w',
        replace: 'from wanted join gates using (charge_id)) w',
      },
    ],
    check: integration('runs/gate', 'sends nothing again that had opened before the pause'),
  },
  {
    name: 'whoever sends does not hold the run that lets it',
    edits: [
      {
        file: MIGRATION,
        find: '    where r.id in (select c.run_id from charges c where c.id = any(p_charges)) order by r.id for share;',
        replace: '    where false;',
      },
    ],
    check: integration('charge/lock-order', 'open and pause a run'),
  },
  {
    name: 'what its run holds back is decided as if it belonged to none',
    edits: [
      {
        file: DECIDE,
        find: '  if (context.run_gate !== null) return hold(context, context.run_gate);\n',
        replace: '',
      },
    ],
    check: unit('domain/decide-charge', 'a paused run opens nothing'),
  },
  {
    name: 'two starts at once are both done',
    edits: [
      {
        file: MIGRATION,
        find: "  elsif v_run.state <> 'draft' then\n    return v_run.state;",
        replace: "  elsif v_run.state not in ('draft', 'running') then\n    return v_run.state;",
      },
    ],
    check: integration(LIFE, 'started twice at once is started once'),
  },
  {
    name: 'a start does not compare what was expected',
    edits: [
      {
        file: MIGRATION,
        find: "    if coalesce((p_expect ->> 'count')::bigint, v_count) <> v_count then",
        replace: '    if false then',
      },
    ],
    check: integration(LIFE, 'is not started if it is not what was expected'),
  },
  {
    name: 'a decision is taken over by the next one',
    edits: [
      { file: MIGRATION, find: '  elsif v_run.decision is not null then', replace: '  elsif false then' },
    ],
    check: integration(GROUPS, 'is decided once, beside a cancel'),
  },
  {
    name: 'a group goes before its decision',
    edits: [
      {
        file: MIGRATION,
        find: "    when r.hold and r.decision is distinct from 'release' then 'run_held' end",
        replace: '    end',
      },
      {
        file: STEP,
        find: "  if v_run.state = 'running' and v_run.hold and v_run.decision is null then",
        replace: '  if false then',
      },
    ],
    check: integration(GROUPS, 'waits for its decision for as long as it takes'),
  },
  {
    name: 'a missed goal charges those who had pledged',
    edits: [
      {
        file: STEP,
        find: 'run_pledged(v_run) < v_run.goal_minor then\n      update',
        replace: 'run_pledged(v_run) < 0 then\n      update',
      },
    ],
    check: integration(GROUPS, 'that misses it charges nobody'),
  },
  {
    name: 'pledges that were given up count towards the goal',
    edits: [
      {
        file: MIGRATION,
        find: 'c.settled_at is null and c.close_requested_at is null and c.currency = r.goal_currency',
        replace: 'c.currency = r.goal_currency',
      },
    ],
    check: integration(GROUPS, 'without pledges that were given up'),
  },
  {
    name: 'a line comes in beside the start',
    edits: [
      {
        file: MIGRATION,
        find: "  select r.state = 'draft' or r.hold and",
        replace: "  select r.state in ('draft', 'running') or r.hold and",
      },
    ],
    check: integration(LINES, 'to one that has started is refused'),
  },
  {
    name: 'a reference that was used for something else is counted as sent again',
    edits: [
      {
        file: 'src/store/run/run-lines.ts',
        find: " and e.request_hash = decode(l.request_hash, 'hex') as is_same",
        replace: ' as is_same',
      },
    ],
    check: integration(LINES, 'a reference used for something else is refused'),
  },
  {
    name: 'a line about which there is something to say is taken in with the others',
    edits: [
      {
        file: MIGRATION,
        find: "n.scope = 'off_session' and n.frequency = 'recurring' and n.accepted_at",
        replace: "n.scope = 'off_session' and n.accepted_at",
      },
    ],
    check: integration(LINES, 'a one-time consent covers one of two'),
  },
  {
    name: 'a run lets all its charges go at once, whatever its pace',
    edits: [{ file: STEP, find: '    if v_run.pace_per_s is not null then', replace: '    if false then' }],
    check: integration(LIFE, 'with a pace lets no more go'),
  },
  {
    name: 'a run goes on however many of its charges are declined',
    edits: [{ file: STEP, find: ' and stop_loss_met(v_run) is not null then', replace: ' and false then' }],
    check: integration(STOP, 'pauses once the share of its last charges was declined'),
  },
  {
    name: 'a run that goes on is judged by what it was paused for',
    edits: [{ file: STEP, find: "      and c.id > coalesce(r.stop_loss_after, '')\n", replace: '' }],
    check: integration(STOP, 'is not judged again by what it was paused for'),
  },
  {
    name: 'a bank that asks for its customer counts as a decline',
    edits: [
      {
        file: STEP,
        find: "(c.state <> 'action_required'\n             or c.last_error ->> 'code' is distinct from 'authentication_required') as",
        replace: 'true as',
      },
    ],
    check: integration(STOP, 'goes on where banks ask for their customers'),
  },
  {
    name: 'a stop-loss judges by fewer charges than it looks at',
    edits: [
      {
        file: STEP,
        find: 'case when count(*) = r.stop_loss_of_last\n              and',
        replace: 'case when',
      },
    ],
    check: integration(STOP, 'says nothing by fewer charges than it looks at'),
  },
  {
    name: 'a retry that met the pause is forgotten by the resume',
    edits: [
      { file: MIGRATION, find: "w.detail = 'run_paused' order by", replace: "w.detail = 'nothing' order by" },
    ],
    check: integration(LIFE, 'holds back an attempt whose PaymentIntent is bound'),
  },
  {
    name: 'a canceled run leaves its charges open',
    edits: [{ file: STEP, find: "  elsif v_run.state = 'closing' then", replace: '  elsif false then' }],
    check: integration(LIFE, 'that is canceled closes what is not paid'),
  },
  {
    name: 'the database lets a decision change',
    edits: [
      {
        file: MIGRATION,
        find: '  when (old.decision is not null and old.decision is distinct from new.decision\n        or (old.hold',
        replace: '  when (false\n        or (old.hold',
      },
    ],
    check: integration('runs/gate', 'that a decision stands, and that a charge stays in its run'),
  },
  {
    name: 'the database lets a charge change its run',
    edits: [
      {
        file: MIGRATION,
        find: '  when (old.run_id is distinct from new.run_id) execute',
        replace: '  when (false) execute',
      },
    ],
    check: integration('runs/gate', 'that a decision stands, and that a charge stays in its run'),
  },
  {
    name: 'usage is rounded line by line',
    edits: [
      {
        file: 'src/domain/run/usage.ts',
        find: '    return { digits: a.digits * b.digits, scale: a.scale + b.scale };',
        replace:
          '    return { digits: roundHalfUp(a.digits * b.digits, 10n ** BigInt(a.scale + b.scale)), scale: 0 };',
      },
    ],
    check: unit('runs/usage', 'the sum is rounded once, not the lines'),
  },
];
