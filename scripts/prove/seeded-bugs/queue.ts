// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the source that is searched has placeholders
/** Offers, jobs, leases and clocks: how a charge is lost, or worked on by two. */
import type { Mutation } from '../mutations/mutation.ts';
import { integration, unit } from './checks.ts';

const ROWS = 'src/store/work/obligations.ts';
const LEASE = 'src/billing/work/lease.ts';

export const queue: readonly Mutation[] = [
  {
    name: 'offers go out by range of ids',
    edits: [
      {
        file: ROWS,
        find:
          '    update ${table} t set offer_number = t.offer_number + 1, offered_at = clock_timestamp()\n' +
          '    where t.id in (\n',
        replace: '    with due as (\n',
      },
      {
        file: ROWS,
        find: '      limit ${options.limit}\n      for update skip locked\n    )\n',
        replace:
          '      limit ${options.limit}\n      for update skip locked\n    )\n' +
          '    update ${table} t set offer_number = t.offer_number + 1, offered_at = clock_timestamp()\n' +
          '    where t.id between (select min(id) from due) and (select max(id) from due)\n',
      },
    ],
    check: integration('work/offer-gaps', 'offers the rows that are due'),
  },
  {
    name: 'the id of a job without the number of its offer',
    edits: [
      {
        file: 'src/queue/contracts.ts',
        find: '${offer.id}:${offer.offer_number};',
        replace: '${offer.id};',
      },
    ],
    check: integration('work/queue-belt', 'is one job when the same offer is sent twice, and two when'),
  },
  {
    name: 'a lost offer is never made again',
    edits: [
      {
        file: ROWS,
        find:
          'and (d.offered_at is null or d.offered_at < clock_timestamp() - ' +
          "${options.stale_ms} * interval '1 millisecond')",
        replace: 'and d.offered_at is null',
      },
    ],
    check: integration('work/queue-dispatch', 'leaves what was offered alone until the offer has gone stale'),
  },
  {
    name: 'rows of a dead worker are never offered',
    edits: [
      {
        file: ROWS,
        find: 'and (d.lease_until is null or d.lease_until <= clock_timestamp())',
        replace: 'and d.lease_until is null',
      },
    ],
    check: integration('work/queue-dispatch', 'when a worker died with the lease in its hand'),
  },
  {
    name: 'the claim ignores leases',
    edits: [
      {
        file: ROWS,
        find: 'where (t.lease_until is null or t.lease_until <= clock_timestamp() or t.claim_token = w.token)',
        replace: 'where true',
      },
    ],
    check: integration('charge/charge-statements', 'has one winner among forty'),
  },
  {
    name: 'the opening ignores leases',
    edits: [
      {
        file: 'src/store/charge/open-attempt.ts',
        find: 'c.lease_number = w.lease_number and c.lease_until > clock_timestamp() as held',
        replace: 'true as held',
      },
    ],
    check: integration('work/protocol-leases', 'neither opens nor binds'),
  },
  {
    name: 'the silence of a zombie counts',
    edits: [
      {
        file: 'src/store/charge/settle-charges.ts',
        find: 'c.lease_number = coalesce(w.lease_number, c.lease_number) as current',
        replace: 'c.lease_number > 0 as current',
      },
    ],
    check: integration('work/protocol-leases', 'but not that it heard nothing'),
  },
  {
    name: 'no local deadline',
    edits: [
      {
        file: LEASE,
        find: 'deadline_ms: sent_ms + timings.leaseMs,',
        replace: 'deadline_ms: sent_ms + 1_000 * timings.leaseMs,',
      },
    ],
    check: integration('work/lease-deadline', 'a lease that is not renewed is over here by itself'),
  },
  {
    name: 'a process that was stopped trusts its timers',
    edits: [
      {
        file: LEASE,
        find: '          if (performance.now() >= entry.deadline_ms) lose(entry);\n',
        replace: '',
      },
    ],
    check: integration('stops/crash-late', 'an event loop that stood still for longer than the lease'),
  },
  {
    name: 'the local deadline counts from the answer',
    edits: [
      {
        file: LEASE,
        find: 'deadline_ms: sent_ms + timings.leaseMs,',
        replace: 'deadline_ms: Math.max(sent_ms, performance.now()) + timings.leaseMs,',
      },
    ],
    check: integration('work/lease-deadline', 'a claim never lets a process trust its lease for longer'),
  },
  {
    name: 'due by the clock of the worker',
    edits: [
      {
        file: ROWS,
        find: 't.due_at <= (select dc_now()) or t.claim_token = w.token)',
        replace: 't.due_at <= ${new Date()} or t.claim_token = w.token)',
      },
    ],
    check: integration('charge/protocol-charging', 'of a technical one come after 15 minutes, 2 hours'),
  },
  {
    name: 'the dispatcher offers by the clock of the worker',
    edits: [
      { file: ROWS, find: 'where d.due_at <= (select dc_now())', replace: 'where d.due_at <= ${new Date()}' },
    ],
    check: integration('setup/setup-closing', 'cancels the SetupIntent and is told as expired'),
  },
  {
    name: 'the claim after a lost one bears its number',
    edits: [
      { file: ROWS, find: 'else drawn_after(t.lease_number) end', replace: 'else t.lease_number + 1 end' },
    ],
    check: integration('work/walls', 'nor does the number of a lease'),
  },
  {
    name: 'an exception brings a retry of days forward',
    edits: [
      {
        file: ROWS,
        find: 'and t.lease_number = ${lease.lease_number} and t.claim_token is not null\n      and t.due_at',
        replace: 'and t.lease_number = ${lease.lease_number}\n      and t.due_at',
      },
    ],
    check: integration('work/protocol-leases', 'outlives an exception after the settling'),
  },
  {
    name: 'a processor returns a BigInt',
    edits: [
      {
        file: 'src/queue/consume.ts',
        find: '      await handle(ids, signal ?? new AbortController().signal);\n',
        replace:
          '      await handle(ids, signal ?? new AbortController().signal);\n' +
          '      return BigInt(ids.length) as unknown as undefined;\n',
      },
    ],
    check: integration('work/queue-belt', 'is stored until it is handled and no longer'),
  },
  {
    name: 'the sweeps read on at full pace while nothing waits for them',
    edits: [
      {
        file: 'src/store/work/sweeps.ts',
        find: 'else least(greatest(dc_now() - s.active_at, ${shortest}), ${longest}) end',
        replace: "else least(${shortest}, ${longest}, dc_now() - s.active_at + interval '1 day') end",
      },
    ],
    check: integration(
      'work/idle-reads',
      'an idle deployment stays within half of the reads that Stripe grants',
    ),
  },
  {
    name: 'what waits for news does not wake the sweep',
    edits: [
      {
        file: 'src/store/work/sweeps.ts',
        find: 'or (s.taken_at <= dc_now() - ${shortest} and ${AWAITED[name](sql)})',
        replace: 'or s.taken_at is null',
      },
    ],
    check: integration('work/idle-reads', 'what waits for news is looked for at once again'),
  },
  {
    name: 'a read takes nothing from the budget',
    edits: [
      {
        file: 'src/stripe/http-client.ts',
        find: "return take === undefined || method !== 'GET' ? sent() : turnOf(exchange, take).then(sent);",
        replace: 'return sent();',
      },
    ],
    check: integration(
      'work/protocol-pace',
      'holds back a read until the budget, which every process shares, has a call left',
    ),
  },
  {
    name: 'a read goes on waiting for the budget when its time is over',
    edits: [
      {
        file: 'src/stripe/http-client.ts',
        find: '  exchange.destroySending = () => waiting.abort(timeoutError());\n',
        replace: '',
      },
    ],
    check: unit('stripe/budget', 'a read that gets nothing before its deadline is never sent'),
  },
  {
    name: 'a read or a write that met 429 closes nothing',
    edits: [
      {
        file: 'src/stripe/client.ts',
        find: "if (outcome === 'rate_limited') budget?.exceeded(operation);",
        replace: '',
      },
    ],
    check: unit('stripe/budget', 'whatever Stripe answers 429 to is told, a read or a write'),
  },
  {
    name: 'a call whose time is over goes out on the connection that comes late',
    edits: [
      {
        file: 'src/stripe/http-client.ts',
        find: '      if (exchange.is_over) controller.abort(timeoutError());\n',
        replace: '',
      },
    ],
    check: unit('stripe/client', 'over while the connection is being made sends nothing on it'),
  },
  {
    name: 'an answer that is cut off is asked for again',
    edits: [
      {
        file: 'src/stripe/http-client.ts',
        find: "received === null ? withCode(error) : new Error('the answer was cut off')",
        replace: 'withCode(error)',
      },
    ],
    check: unit('stripe/client', 'cut off is indeterminate and never sent again by the SDK'),
  },
  {
    name: 'a connection that its server closed is not tried again',
    edits: [
      {
        file: 'src/stripe/http-client.ts',
        find: 'received === null ? withCode(error) :',
        replace: 'received === null ? error :',
      },
      {
        file: 'src/stripe/http-client.ts',
        find: 'function withCode(',
        replace: 'export function withCode(',
      },
    ],
    check: unit('stripe/client', 'once, closed, is sent again by the SDK'),
  },
  {
    name: 'a consumer that could not connect spins for ever',
    edits: [
      {
        file: 'src/queue/consume.ts',
        find: 'opened.waitUntilReady().then(run, (err: unknown) => {',
        replace: 'void run();\n    opened.waitUntilReady().catch((err: unknown) => {',
      },
    ],
    check: unit('queue/consume', 'a consumer that could not connect never runs'),
  },
];
