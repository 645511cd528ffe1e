import { createReadStream } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { answerOf } from '../../../clients/typescript/src/client.ts';
import type { components } from '../../../clients/typescript/src/generated/schema.ts';
import { formatAmount } from '../../../src/domain/money.ts';
import { AppError } from '../../../src/platform/errors.ts';
import { acts, type Desk, keyed, show, showPage, withPage } from './call.ts';
import { sent } from './customers.ts';

type Run = components['schemas']['Run'];
type NewRun = components['schemas']['NewRun'];
type Report = components['schemas']['ImportReport'];

/** `duecourse runs …` */
export function runsCommand(): Command {
  const runs = new Command('runs').description('sets of charges with one life');
  runs.addCommand(createCommand()).addCommand(importCommand());
  runs.addCommand(startCommand()).addCommand(decideCommand()).addCommand(reportCommand());

  const list = withPage(runs.command('list').description('list runs, newest first'));
  acts(list, async ({ client, print }, { limit, cursor }: { limit?: number; cursor?: string }) =>
    showPage(print, await client.GET('/v1/runs', { params: { query: sent({ limit, cursor }) } }), lineOf),
  );
  acts(
    runs.command('preview').description('what a start would do').argument('<id>'),
    async ({ client, print }, id: string) =>
      show(print, await client.POST('/v1/runs/{id}/preview', { params: { path: { id } } }), previewText),
  );
  acts(
    runs.command('watch').description('follow a run to its end, a line for each change').argument('<id>'),
    watch,
  );
  acts(
    runs.command('pause').description('open no further confirm of it').argument('<id>'),
    async ({ client, print }, id: string) =>
      show(print, await client.POST('/v1/runs/{id}/pause', { params: { path: { id } } }), lineOf),
  );
  acts(
    runs.command('resume').description('go on with a paused run').argument('<id>'),
    async ({ client, print }, id: string) =>
      show(print, await client.POST('/v1/runs/{id}/resume', { params: { path: { id } } }), lineOf),
  );
  acts(
    runs.command('cancel').description('close what is not paid').argument('<id>'),
    async ({ client, print }, id: string) =>
      show(print, await client.POST('/v1/runs/{id}/cancel', { params: { path: { id } } }), lineOf),
  );
  return runs;
}

type Created = {
  name: string;
  reference?: string;
  hold?: true;
  goalAmount?: number;
  goalCurrency?: string;
  goalBy?: string;
  onMiss?: 'wait' | 'cancel';
  pace?: number;
  stopLoss?: string;
  ofLast?: number;
  key?: string;
};

function createCommand(): Command {
  const create = new Command('create')
    .description('make an empty draft')
    .requiredOption('--name <name>', 'the same for every run of a kind')
    .option('--reference <r>', 'your own id of the run')
    .option('--pace <n>', 'how many charges may come due in a second', Number)
    .option('--stop-loss <share>', 'pause once this share of the last charges failed, such as 0.3')
    .option('--of-last <n>', 'how many charges the stop-loss looks at', Number)
    .option('--hold', 'a group of pledges: nothing is charged before a decision')
    .option('--goal-amount <n>', "what the pledges have to come to, in the currency's minor unit", Number)
    .option('--goal-currency <code>', 'such as eur')
    .option('--goal-by <time>', 'the day of the goal')
    .addOption(new Option('--on-miss <what>', 'what a missed goal does').choices(['wait', 'cancel']))
    .option('--key <key>', 'the Idempotency-Key, by default the reference');
  return acts(create, async ({ client, print }, given: Created) => {
    const { name, reference, hold, pace: pace_per_s, key } = given;
    const goal = together({
      amount: given.goalAmount,
      currency: given.goalCurrency,
      by: given.goalBy,
      on_miss: given.onMiss,
    });
    const stop_loss = together({ share: given.stopLoss, of_last: given.ofLast });
    const body = { name, ...sent({ reference, hold, pace_per_s, goal, stop_loss }) } as NewRun;
    show(print, await client.POST('/v1/runs', { params: keyed(key ?? reference), body }), lineOf);
  });
}

/** What of it was given, or nothing. Of a part that lacks something the API says what. */
function together<Part extends object>(part: Part): Partial<Part> | undefined {
  return Object.values(part).some((given) => given !== undefined) ? part : undefined;
}

function importCommand(): Command {
  const command = new Command('import')
    .description('send lines, NDJSON or CSV; the same file again goes on where it broke off')
    .argument('<id>')
    .argument('<file>', 'its name ends in .csv, or it is NDJSON; - reads NDJSON from stdin');
  return acts(command, async ({ stream, print }, id: string, file: string) => {
    const lines = file === '-' ? process.stdin : createReadStream(file);
    const answer = await stream(`/v1/runs/${encodeURIComponent(id)}/charges`, {
      method: 'POST',
      headers: { 'content-type': file.endsWith('.csv') ? 'text/csv' : 'application/x-ndjson' },
      body: Readable.toWeb(lines) as ReadableStream<Uint8Array>,
      duplex: 'half',
    } as RequestInit);
    const report = (await read(answer)) as Report;
    print(report, importText(report));
    process.exitCode = report.refused === 0 ? 0 : 1;
  });
}

function startCommand(): Command {
  const start = new Command('start')
    .description('start a run, once')
    .argument('<id>')
    .option('--expect-count <n>', 'refuse if it has another number of charges by now', Number);
  return acts(
    start,
    async ({ client, print }, id: string, { expectCount: count }: { expectCount?: number }) => {
      const body = count === undefined ? {} : { expect: { count } };
      show(print, await client.POST('/v1/runs/{id}/start', { params: { path: { id } }, body }), lineOf);
    },
  );
}

function decideCommand(): Command {
  const decide = new Command('decide')
    .description('decide about a group of pledges, once')
    .argument('<id>')
    .addOption(
      new Option('--decision <what>', 'what becomes of it')
        .choices(['release', 'extend', 'cancel'])
        .makeOptionMandatory(),
    )
    .option('--by <time>', 'of extend: the new day');
  type Given = { decision: 'release' | 'extend' | 'cancel'; by?: string };
  return acts(decide, async ({ client, print }, id: string, { decision, by }: Given) => {
    const body = { decision, ...sent({ by }) };
    show(print, await client.POST('/v1/runs/{id}/decide', { params: { path: { id } }, body }), lineOf);
  });
}

function reportCommand(): Command {
  const report = new Command('report')
    .description('print the report of a run, line by line, in net money; CSV without --json')
    .argument('<id>');
  return acts(report, async ({ stream }, id: string) => {
    const format = report.opts<{ json?: true }>().json === true ? 'json' : 'csv';
    const answer = await stream(`/v1/runs/${encodeURIComponent(id)}/report?format=${format}`);
    if (!answer.ok || answer.body === null) await read(answer);
    else await pipeline(Readable.fromWeb(answer.body as never), process.stdout as Writable, { end: false });
    if (format === 'json') process.stdout.write('\n');
  });
}

/** The answer's object. Throws what the API says against it. */
async function read(answer: Response): Promise<unknown> {
  const body = (await answer.json()) as { title?: string; detail?: string };
  if (!answer.ok)
    throw new AppError('refused', { message: [body.title, body.detail].filter(Boolean).join(': ') });
  return body;
}

const WATCH_MS = 1_000;

/** Prints the run whenever something has changed, a line each, and ends with it. */
async function watch({ client, print }: Desk, id: string): Promise<void> {
  for (let told = ''; ; ) {
    const run = answerOf(await client.GET('/v1/runs/{id}', { params: { path: { id } } }));
    const line = lineOf(run);
    if (line !== told) print(run, line);
    told = line;
    if (run.completed_at !== null) return;
    await sleep(WATCH_MS);
  }
}

function lineOf({ id, name, status, paused_reason, counts, sums, decision }: Run): string {
  const counted = Object.entries(counts).map(([charge_status, n]) => `${charge_status} ${n}`);
  const money = sums.map(
    ({ currency, total, succeeded }) =>
      `${formatAmount(succeeded, currency, 'en')} of ${formatAmount(total, currency, 'en')}`,
  );
  return [id, name, status, paused_reason, decision?.decision, counted.join(', '), money.join(', ')]
    .filter(Boolean)
    .join('  ');
}

function importText({ accepted, replayed, refused, errors, errors_left_out }: Report): string {
  const lines = errors.map(({ line, reference, code, message }) =>
    [`line ${line}`, reference, code, message].filter(Boolean).join('  '),
  );
  const more = errors_left_out === 0 ? [] : [`and ${errors_left_out} more`];
  return [...lines, ...more, `accepted ${accepted}, replayed ${replayed}, refused ${refused}`].join('\n');
}

function previewText(preview: components['schemas']['RunPreview']): string {
  const { count, would_charge, would_skip, warnings, duration_s, previous } = preview;
  return [
    `${count} charges, ${Math.ceil(duration_s)} s`,
    ...would_charge.map(
      ({ currency, type, count: n, total }) =>
        `charge  ${type}  ${n}  ${formatAmount(total, currency, 'en')}`,
    ),
    ...would_skip.map(({ reason, count: n, references }) => `skip  ${reason}  ${n}  ${references.join(' ')}`),
    ...warnings.map(
      ({ reason, count: n, references }) => `warning  ${reason}  ${n}  ${references.join(' ')}`,
    ),
    ...(previous === null
      ? []
      : [
          `beside ${previous.id}: new ${previous.new.count}, gone ${previous.gone.count}, more than twice ${previous.more_than_twice.count}`,
        ]),
  ].join('\n');
}
