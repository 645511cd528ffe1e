/**
 * `npm run demo [-- --json] [--keep] [--seed N]`: the whole story, from nothing. Customers save cards and accounts, a month of
 * usage is billed, debits are announced, rentals end, campaigns reach their goal or do not; banks ask, mails go out, customers come back;
 * workers die and answers are lost on the way. Exit 0 only if every check held.
 */
import { parseArgs } from 'node:util';
import { startSandbox } from '../../sandbox/start-sandbox.ts';
import { seedOf } from '../whole-number.ts';
import { refundAndDispute } from './demo/after-payment.ts';
import { readCast } from './demo/cast.ts';
import { reconcileSandbox, verify } from './demo/checks.ts';
import { createDisplay } from './demo/display.ts';
import { merchantAt } from './demo/merchant.ts';
import { billEverybody, cancelCampaigns, liveThroughDays, saveEverybody } from './demo/story.ts';
import { describe, type Result, readCharges, tally, tallyDebits } from './demo/tally.ts';
import { compareWithFeed, openMerchantSite } from './demo/told.ts';
import { armFaults, bringWeather, countFaults } from './demo/trouble.ts';

/** The worker dies right after it opened its thirtieth attempt, before the confirm leaves. */
const KILL = 'bind.after:kill@30';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});

const began = performance.now();
const display = createDisplay(values.json ? process.stderr : process.stdout);
const { people, campaigns } = readCast(new URL('../../examples/', import.meta.url));

display.line(
  'Duecourse: charges saved cards and accounts while the customer is away, exactly once, and brings them back.',
);
const chapter = display.chapter('starting the sandbox', 1);
const sandbox = await startSandbox({
  seed: seedOf(values.seed),
  env: {
    STRIPE_RATE_PER_ENDPOINT: '1000',
    STRIPE_RATE_GLOBAL: '4000',
    DEBIT_NOTICE_DAYS: 'sepa_debit:5,au_becs_debit:3',
  },
  firstEnv: { workers: [{ DUECOURSE_FAILPOINTS: KILL }] },
});
let exitCode = 1;
let isOver = false;
process.once('SIGINT', () => void stop(isOver ? exitCode : 130));
process.once('SIGTERM', () => void stop(isOver ? exitCode : 143));
chapter.end('Postgres, simulator, inbox, API and two workers are up');

try {
  exitCode = await play();
} catch (error) {
  process.stderr.write(`The demo broke off: ${error instanceof Error ? error.stack : String(error)}\n`);
}
isOver = true;
if (values.keep) display.line('Everything stays up until Ctrl-C; see .sandbox/ready.json.');
else await stop(exitCode);

async function play(): Promise<number> {
  const ready = sandbox.ready();
  const merchant = merchantAt(ready.api_url, ready.api_key);
  const simulator = { url: ready.stripe_url, secret_key: ready.stripe_secret_key };
  const site = await openMerchantSite();
  const stripe = {
    url: ready.stripe_url,
    publishable_key: ready.stripe_publishable_key,
    return_url: site.url,
  };
  const stage = { merchant, stripe, simulator, sandbox, display };

  await site.subscribe(merchant);
  await bringWeather(simulator);
  const customers = await saveEverybody(stage, people);
  await armFaults(simulator);
  await billEverybody(stage, customers);
  await cancelCampaigns(stage, customers, campaigns);
  const mails = await liveThroughDays(stage, customers);

  const charges = await readCharges(merchant);
  const byCard = new Set(customers.filter(({ person }) => person.type === 'card').map(({ id }) => id));
  const paid = [...charges.values()]
    .filter(({ status, customer }) => status === 'succeeded' && byCard.has(customer))
    .map(({ id }) => id);
  const after_payment = await refundAndDispute(stage, paid);
  const told = await compareWithFeed(merchant, site);
  site.close();
  const { outcome, unsettled } = tally(customers, charges, mails);
  const killed = sandbox.exits().filter((exit) => exit.signal === 'SIGKILL').length;
  const faults = await countFaults(simulator, killed);
  const books = await reconcileSandbox(ready);
  const result: Result = {
    ...outcome,
    ...after_payment,
    debits: tallyDebits(customers, charges, mails),
    notifications: told,
    sums: books.sums,
    agree: books.agree,
    faults,
    seconds: Math.round((performance.now() - began) / 1_000),
  };
  const complaints = await verify({ ready, result, unsettled, books, charges: charges.size });
  display.line(describe(result));
  for (const complaint of complaints) process.stderr.write(`  NOT HELD: ${complaint}\n`);
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  return complaints.length === 0 ? 0 : 1;
}

async function stop(code: number): Promise<void> {
  await sandbox.stop();
  process.exit(code);
}
