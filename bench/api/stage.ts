/** Where the API is measured: a sandbox of its own, with customers whose cards are on file. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '../../sandbox/start-sandbox.ts';
import { merchantAt } from '../../scripts/prove/demo/merchant.ts';
import { savePayers } from '../../scripts/prove/demo/payers.ts';
import { openDatabase, type Sql } from '../../src/store/postgres/database.ts';
import { openWire, type Wire } from '../load/wire.ts';

export type StageOptions = {
  readonly redis: boolean;
  readonly workers: number;
  /** false: Postgres syncs nothing to disk; for tests. */
  readonly durable: boolean;
};

export type Stage = {
  readonly sandbox: Sandbox;
  readonly sql: Sql;
  readonly api: Wire;
  readonly stripe: Wire;
  /** The body of a charge, for one customer after another. */
  charge(index: number): string;
  readonly methods: readonly string[];
  close(): Promise<void>;
};

const CUSTOMERS = 12;
const FORM = 'application/x-www-form-urlencoded';
/** More than any machine reaches, so that we measure ourselves and not Stripe's limits. */
const RATE = '10000';

/** Starts it; the caller closes it. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'duecourse-load-'));
  // As root, Postgres runs as another user, who needs access.
  chmodSync(folder, 0o755);
  const sandbox = await startSandbox({
    ...options,
    folder,
    env: { STRIPE_RATE_PER_ENDPOINT: RATE, STRIPE_RATE_GLOBAL: RATE },
    // Each customer has a card of their own.
    simulatorArgs: ['--logs', 'off', '--fingerprints', 'of_method'],
  });
  const ready = sandbox.ready();
  const database = openDatabase({
    url: ready.database_url,
    applicationName: 'bench-api',
    connectionsMax: 2,
    statementTimeout_ms: 60_000,
  });
  const json = { authorization: `Bearer ${ready.api_key}`, 'content-type': 'application/json' };
  const form = { authorization: `Bearer ${ready.stripe_secret_key}`, 'content-type': FORM };
  const api = openWire(ready.api_url, json);
  const stripe = openWire(ready.stripe_url, form);
  const close = async (): Promise<void> => {
    api.close();
    stripe.close();
    await database.close();
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const payers = await savePayers(merchantAt(ready.api_url, ready.api_key), ready, CUSTOMERS);
    const charge = (index: number) =>
      JSON.stringify({
        customer: payers[index % payers.length]?.id,
        amount: 1_250 + (index % 100),
        currency: 'eur',
        description: 'Power in October',
        metadata: { meter: `m-${index}` },
      });
    const methods = payers.flatMap(({ payment_method }) => payment_method ?? []);
    return { sandbox, sql: database.sql, api, stripe, charge, methods, close };
  } catch (error) {
    await close();
    throw error;
  }
}
