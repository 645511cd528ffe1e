/**
 * Vitest's runner, which plays what a plan asks of a copy of a test file (`name.<number>.test.ts`): the mutant, the tests,
 * and no test after the first that fails. Without a plan it writes down which test reaches which statement and function.
 * A class, because vitest asks for one.
 */
import { readFileSync } from 'node:fs';
import postgres from 'postgres';
import { TestRunner } from 'vitest';
import { PLAN, type Plan, type Play } from '../scripts/prove/predicates/plan.ts';
import { MUTANT } from '../scripts/prove/predicates/switch-source.ts';
import type { DatabaseWatched } from './harness/services/services.ts';

type Watched = DatabaseWatched & { reached?: (key: number | string) => void };
type Task = Parameters<TestRunner['onAfterRunTask']>[0];
type File = Parameters<TestRunner['onCollectStart']>[0];

const quiet = { max: 1, onnotice: () => {} } as const;
const watched = globalThis as Watched;

export default class WatchingRunner extends TestRunner {
  readonly #plan: Plan = JSON.parse(readFileSync(process.env[PLAN] ?? '', 'utf8'));
  #play: Play | null = null;
  #hasFailed = false;
  #file = '';
  #counted: { readonly sql: postgres.Sql; calls: Map<string, string> }[] = [];

  override onCollectStart(file: File): void {
    super.onCollectStart(file);
    const number = /\.(\d+)\.test\.tsx?$/.exec(file.filepath)?.[1];
    this.#play = number === undefined ? null : (this.#plan.plays[Number(number)] ?? null);
    this.#hasFailed = false;
    this.#file = file.filepath;
    delete process.env[MUTANT];
    if (this.#play?.mutant != null) process.env[MUTANT] = String(this.#play.mutant);
    this.#name('');
    watched.databaseMade = (url) => this.#databaseMade(url);
  }

  override async onBeforeRunTask(test: Task): Promise<void> {
    await this.#tell();
    const isPlanned = this.#play?.tests?.includes(nameOf(test)) ?? true;
    if ((test.mode === 'run' || test.mode === 'queued') && (!isPlanned || this.#hasFailed))
      test.mode = 'skip';
    this.#name(nameOf(test));
    await super.onBeforeRunTask(test);
  }

  override async onAfterRunTask(test: Task): Promise<void> {
    super.onAfterRunTask(test);
    if (test.result?.state === 'fail' && this.#play !== null) this.#hasFailed = true;
    await this.#tell();
    this.#name('');
  }

  override async onAfterRunFiles(): Promise<void> {
    super.onAfterRunFiles();
    await Promise.all(this.#counted.map(({ sql }) => sql.end({ timeout: 1 })));
  }

  /** To whom a statement counts that is reached from now on; a process that is started now counts likewise. */
  #name(test: string): void {
    process.env.REACHED_BY = `${this.#file}\t${test}`;
  }

  async #databaseMade(url: string): Promise<void> {
    const sql = this.#play === null ? this.#plan.counting : this.#play.sql;
    if (sql === null) return;
    const client = postgres(url, quiet);
    await client.unsafe(sql).simple();
    if (this.#play !== null) return client.end();
    this.#counted.push({ sql: client, calls: new Map() });
  }

  /** Tells of every function that was called since the last time. */
  async #tell(): Promise<void> {
    for (const one of this.#counted) {
      const rows = await one.sql<{ name: string; calls: string }[]>`
        select sequencename as name, last_value as calls from pg_sequences
        where sequencename like 'reached_%' and last_value is not null`.catch(() => []);
      for (const { name, calls } of rows) {
        if (one.calls.get(name) === calls) continue;
        one.calls.set(name, calls);
        watched.reached?.(name.slice('reached_'.length));
      }
    }
  }
}

function nameOf({ fullTestName, name }: Task): string {
  return fullTestName ?? name;
}
