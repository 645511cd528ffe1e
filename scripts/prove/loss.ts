/**
 * `npm run prove:loss`: plays a loss of rows whole, on real parts, and judges by Stripe's ledger what became of every
 * order (scripts/prove/loss). Plays
 *
 *   restored    a data folder is put back, and an operator says so
 *   unnoticed   the same, and nobody says anything
 *   promoted    a streaming standby that lacks the last second is promoted under running processes; nobody says anything
 *   failover    a synchronous standby is promoted under load: nothing is lost, and nothing may stop
 *
 * The last two need an installed PostgreSQL server (Debian's, say) and run only when they are named.
 *
 *   --play P      one of them, or several by several --play; the first two by default
 *   --charges N   how many are asked for in the span that is lost, or during the failover (200)
 *   --redis       the queue on a private Redis instead of on Postgres
 *   --json        one JSON line for each play, and nothing else on stdout
 *   --if-installed  without a server, a play that needs one is left out and a line says so, instead of failing
 *
 * Exit 1 if anybody paid twice, anything was lost, listed wrongly or told wrongly, or the books did not end clean with
 * charging on. Exit 2 if there is no such play, or it needs a server that is not installed.
 */
import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number.ts';
import { type FailoverReport, playFailover } from './loss/failover-play.ts';
import { installedPostgres, POSTGRES_MISSING } from './loss/installed-postgres.ts';
import { type LostRowsReport, playLostRows } from './loss/lost-rows-play.ts';
import type { PlayOptions } from './loss/scene.ts';

type Told = { readonly complaints: readonly string[]; readonly report: object; readonly words: string };

const SHOWN_MAX = 20;
const PLAYS: Readonly<
  Record<string, { readonly needsServer: boolean; play(given: PlayOptions): Promise<Told> }>
> = {
  restored: { needsServer: false, play: (given) => lostRows({ ...given, play: 'restored' }) },
  unnoticed: { needsServer: false, play: (given) => lostRows({ ...given, play: 'unnoticed' }) },
  promoted: { needsServer: true, play: (given) => lostRows({ ...given, play: 'promoted' }) },
  failover: { needsServer: true, play: failover },
};

const { values } = parseArgs({
  options: {
    play: { type: 'string', multiple: true },
    charges: { type: 'string', default: '200' },
    redis: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    'if-installed': { type: 'boolean', default: false },
  },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);

process.exitCode = await main();
// We exit explicitly: closing leftover reset connections, Node 20 could spin for ever (Environment::CleanupHandles).
process.stdout.write('', () => process.exit());

async function main(): Promise<number> {
  const { play: wanted, redis, json } = values;
  const charges = wholeNumber('charges', values.charges);
  const named = wanted ?? Object.keys(PLAYS).filter((name) => PLAYS[name]?.needsServer === false);
  const unknown = named.find((name) => PLAYS[name] === undefined);
  if (unknown !== undefined) {
    say(`There is no play ${unknown}; there are ${Object.keys(PLAYS).join(', ')}.`);
    return 2;
  }
  let code = 0;
  for (const name of named) {
    const one = PLAYS[name];
    if (one === undefined) continue;
    if (one.needsServer && installedPostgres() === null) {
      say(values['if-installed'] ? `${name} is left out. ${POSTGRES_MISSING}` : POSTGRES_MISSING);
      if (!values['if-installed']) return 2;
      continue;
    }
    const { complaints, report, words } = await one.play({ play: name, charges, redis, say });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : words);
    for (const complaint of complaints.slice(0, SHOWN_MAX)) say(`  NOT HELD: ${complaint}`);
    if (complaints.length > 0) code = 1;
  }
  return code;
}

async function lostRows(given: Parameters<typeof playLostRows>[0]): Promise<Told> {
  const report: LostRowsReport = await playLostRows(given);
  const { play, queue, charges, asked_again, listed, verbs, double, lost, seconds, complaints } = report;
  const words =
    `${play}, queue on ${queue}: ${charges} charges lost, ${asked_again} asked for again, ${seconds} s\n` +
    `  double ${double}, lost ${lost}; ${listed.count} payments nobody asked for again, ${listed.minor} minor units\n` +
    `  verbs ${JSON.stringify(verbs)}, ends ${JSON.stringify(report.ends)}\n`;
  return { complaints, report, words };
}

async function failover(given: PlayOptions): Promise<Told> {
  const report: FailoverReport = await playFailover(given);
  const { play, queue, charges, double, lost, seconds, complaints, cost } = report;
  const line = (name: 'before' | 'after'): string => {
    const { requests, lists, wall_ms, settled_p50_ms, settled_p99_ms } = cost[name];
    return `  ${name}: ${requests} requests to Stripe per charge (${lists} lists), ${wall_ms} ms per charge, settled in ${settled_p50_ms} ms (p50), ${settled_p99_ms} ms (p99)\n`;
  };
  const words =
    `${play}, queue on ${queue}: ${charges} charges through it, ${report.outage_ms} ms without a primary, ${seconds} s\n` +
    `  double ${double}, lost ${lost}, ends ${JSON.stringify(report.ends)}\n` +
    line('before') +
    line('after');
  return { complaints, report, words };
}
