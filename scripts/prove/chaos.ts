/**
 * `npm run test:chaos`: real processes on real Postgres and both queue backends under schedules of faults. The
 * verdict comes from Stripe's ledger, the inbox and our tables (test/chaos).
 *
 *   --schedules N   how many on each backend (4)
 *   --seed N        of the run; without it, or with `random`, one is drawn and printed
 *   --backend B     postgres or redis; both at once by default
 *   --beside REF    an earlier commit, built and run beside today's build on today's schema
 *   --only S.I      one schedule again, as a report names it; with --backend
 *   --json          one JSON line for each backend, and nothing else on stdout
 *
 * Schedules that once found something (test/chaos/regressions) run first. Exit 1 if an invariant was broken or a
 * planned kind of fault never hit anything.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { redisServerPath } from '../../sandbox/redis.ts';
import { type Campaign, type Report, runCampaign } from '../../test/chaos/campaign.ts';
import { buildEarlier } from '../../test/chaos/earlier-build.ts';
import type { Backend } from '../../test/chaos/plan.ts';
import type { Outcome } from '../../test/chaos/run-schedule.ts';
import { seedOf, wholeNumber } from '../whole-number.ts';

const BACKENDS: readonly Backend[] = ['postgres', 'redis'];
const BREACHES_SHOWN = 12;

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '4' },
    seed: { type: 'string' },
    backend: { type: 'string' },
    only: { type: 'string' },
    beside: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const backend = BACKENDS.find((name) => name === values.backend);
if (values.backend !== undefined && backend === undefined) throw new RangeError('--backend postgres|redis');
const [seed = 0, only] = values.only?.split('.').map((text) => wholeNumber('only', text)) ?? [
  seedOf(values.seed),
];
const code = backend === undefined ? await onBoth() : await onOne(backend);
// We exit explicitly: closing leftover reset connections, Node 20 could spin for ever (Environment::CleanupHandles).
process.stdout.write('', () => process.exit(code));

/** One process for each backend: on two cores both run at once. */
async function onBoth(): Promise<number> {
  const codes = await Promise.all(
    BACKENDS.map((name) => {
      const which = values.only === undefined ? ['--seed', String(seed)] : ['--only', values.only];
      const args = ['--backend', name, '--schedules', values.schedules, ...which];
      if (values.json) args.push('--json');
      if (values.beside !== undefined) args.push('--beside', values.beside);
      const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(import.meta.url), ...args], {
        stdio: 'inherit',
      });
      // A signal from a terminal reaches all of us; any other only this process.
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
      return new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 1)));
    }),
  );
  return Math.max(...codes);
}

async function onOne(name: Backend): Promise<number> {
  if (name === 'redis' && redisServerPath() === null) {
    process.stderr.write('chaos on redis needs redis-server or valkey-server on PATH\n');
    return 1;
  }
  const isOne = only !== undefined;
  const earlier = values.beside === undefined ? null : buildEarlier(values.beside);
  const campaign: Campaign = {
    backend: name,
    seed,
    schedules: isOne ? 1 : wholeNumber('schedules', values.schedules),
    from: only ?? 0,
    regressions: !isOne && earlier === null,
    earlier,
  };
  const report = await runCampaign(campaign, tell).finally(() => earlier?.remove());
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : inWords(report));
  const { double, lost, wrong_told, unsettled, broken, never_fired } = report;
  return double + lost + wrong_told + unsettled + broken + never_fired.length > 0 ? 1 : 0;
}

/** Prints a line for each schedule, and what it broke, on stderr. */
function tell({ plan, breaches, strikes, rest, seconds, charges, logFolder }: Outcome): void {
  const faults = strikes.map(({ kind, hits }) => `${kind} ${hits}`).join(', ');
  const verdict = breaches.length === 0 ? 'ok' : `${breaches.length} BREACHES, logs in ${logFolder}`;
  const { start, act, rest: end, all } = seconds;
  const how = `${all} s: ${start} + ${act.toFixed(1)} + ${end.toFixed(1)}, ${charges} charges, ${Math.round(rest.days)} days in ${rest.rounds} steps`;
  process.stderr.write(`${plan.backend} ${plan.name}  ${verdict}  (${how}; ${faults})\n`);
  const lines = breaches.map((one) => `  ${one.invariant} ${one.harm}: ${one.subject} ${one.text}\n`);
  for (const line of [...new Set(lines)].slice(0, BREACHES_SHOWN)) process.stderr.write(line);
}

function inWords(report: Report): string {
  const { double, lost, wrong_told, unsettled, broken } = report;
  const beside = values.beside === undefined ? '' : ` --beside ${values.beside}`;
  const again = report.failing_seeds.map(
    (name) => `  npm run test:chaos -- --backend ${report.backend} --only ${name}${beside}`,
  );
  const lines = [
    `${report.backend}: ${report.schedules} schedules from seed ${report.seed}, ${report.charges} charges, ${report.seconds} s`,
    `  double ${double}, lost ${lost}, wrong_told ${wrong_told}, unsettled ${unsettled}, broken ${broken}`,
    `  unsettled when a fault struck: ${report.unsettled_when_faulted}; ends: ${JSON.stringify(report.ends)}`,
    `  typed by operators: ${JSON.stringify(report.verbs)}`,
    ...(values.beside === undefined ? [] : [`  processes of the earlier build: ${report.earlier_starts}`]),
    `  fired: ${JSON.stringify(report.faults)}`,
    ...(report.never_fired.length === 0 ? [] : [`  NEVER FIRED: ${report.never_fired.join(', ')}`]),
    ...(again.length === 0 ? [] : ['  again:', ...again]),
  ];
  return `${lines.join('\n')}\n`;
}
