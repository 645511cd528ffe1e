/**
 * `npm run doctor [-- --json]`: whether this deployment can do its work: settings, database, queue, Stripe, mail. Each failing
 * check names the setting and the way out. Exit 0 only if every check holds, 1 if one fails, 2 where settings are missing or
 * cannot be read. `GET /readyz?deep=1` answers the same.
 */
import { parseArgs } from 'node:util';
import { examine, type Report } from '../../../src/doctor/examine.ts';
import { readSettings, type Settings } from '../../../src/doctor/settings.ts';
import { type OperatorCommand, printer } from '../operator-command.ts';

const USAGE = `usage:
  doctor
asks database, queue, Stripe and mail server, and changes nothing
with --json the last line of the output is one JSON object
exit 0: every check holds; 1: one fails; 2: settings are missing or cannot be read`;

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const settings = readSettings(process.env);
  const report = await examine(settings);
  printer(values.json)(report, reportText(report));
  process.exitCode = exitCodeOf(settings, report);
}

/** 2 where there is nothing to judge. */
export function exitCodeOf(settings: Settings, { ok }: Report): 0 | 1 | 2 {
  if (settings.config === null && settings.is_unreadable) return 2;
  return ok ? 0 : 1;
}

/** What fails stands at the end, where a person's eye is. */
export function reportText({ checks }: Report): string {
  const of = (state: string) => checks.filter((finding) => finding.state === state).length;
  const failed = checks.flatMap((finding) =>
    finding.state === 'wrong'
      ? finding.problems.map((problem) => ({ ...problem, check: finding.check }))
      : [],
  );
  const lines = checks.flatMap((finding) => {
    if (finding.state !== 'skipped') return [`  ${finding.state.padEnd(7)}  ${finding.check}`];
    // Without settings no check is made, and a list of them would hide the settings.
    if (finding.after.includes('settings')) return [];
    return [`  skipped  ${finding.check}   after ${finding.after.join(', ')}`];
  });
  const ways_out = failed.map(
    ({ check, setting, wrong, way_out }) => `\n${check}: ${setting}\n  ${wrong}\n  → ${way_out}`,
  );
  return [...lines, ...ways_out, `\n${of('ok')} hold, ${of('wrong')} fail, ${of('skipped')} not made.`].join(
    '\n',
  );
}

export const doctorCommand: OperatorCommand = { usage: USAGE, run: main };
