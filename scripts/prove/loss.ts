/**
 * `npm run prove:loss`: plays a loss of rows whole, on real parts, and judges by Stripe's ledger what became of every
 * order (scripts/prove/loss). Plays `restored` (a data folder is put back, and an operator says so) and `unnoticed`
 * (nobody says anything).
 *
 *   --play P      one of them; all by default
 *   --charges N   how many are asked for between the backup and its return (200)
 *   --redis       the queue on a private Redis instead of on Postgres
 *   --json        one JSON line for each play, and nothing else on stdout
 *
 * Exit 1 if anybody paid twice, anything was lost, listed wrongly or told wrongly, or the books did not end clean with
 * charging on.
 */
import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number.ts';
import { playRestore, type RestoreReport } from './loss/restore-play.ts';

const PLAYS = ['restored', 'unnoticed'] as const;
const SHOWN_MAX = 20;

const { values } = parseArgs({
  options: {
    play: { type: 'string' },
    charges: { type: 'string', default: '200' },
    redis: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);

let code = 0;
for (const play of PLAYS.filter((name) => values.play === undefined || values.play === name)) {
  const charges = wholeNumber('charges', values.charges);
  const report = await playRestore({ play, charges, redis: values.redis, say });
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : inWords(report));
  for (const complaint of report.complaints.slice(0, SHOWN_MAX)) say(`  NOT HELD: ${complaint}`);
  if (report.complaints.length > 0) code = 1;
}
// We exit explicitly: closing leftover reset connections, Node 20 could spin for ever (Environment::CleanupHandles).
process.stdout.write('', () => process.exit(code));

function inWords(report: RestoreReport): string {
  const { play, queue, charges, asked_again, listed, verbs, double, lost, seconds } = report;
  return (
    `${play}, queue on ${queue}: ${charges} charges lost, ${asked_again} asked for again, ${seconds} s\n` +
    `  double ${double}, lost ${lost}; ${listed.count} payments nobody asked for again, ${listed.minor} minor units\n` +
    `  verbs ${JSON.stringify(verbs)}, ends ${JSON.stringify(report.ends)}\n`
  );
}
