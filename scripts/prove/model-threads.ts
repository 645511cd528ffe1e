/** Worker threads that share the seeds of a model run. Each thread runs this file too. */
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { addTally, type Batch, emptyTally, runBatch, type Tally } from '../../test/model/batch.ts';

const BATCH = 1_000;
/** A young generation so large that most schedules end before it is collected. */
const LIMITS = { maxYoungGenerationSizeMb: 192 } as const;
/** The first few violations are enough; leaving out a safeguard causes thousands. */
const VIOLATIONS_KEPT = 20;

export type Threads = {
  /** Runs a batch of any size; the seeds decide the answer, not the number of threads. */
  run(whole: Batch): Promise<Tally>;
  close(): Promise<void>;
};

if (!isMainThread) serve();

function serve(): void {
  parentPort?.on('message', (batch: Batch) => {
    runBatch(batch).then((tally) => parentPort?.postMessage(tally), fail);
  });
}

function fail(error: unknown): never {
  throw error;
}

/** Starts this many threads. */
export function startThreads(cores: number): Threads {
  const threads = Array.from(
    { length: cores },
    () => new Worker(fileURLToPath(import.meta.url), { resourceLimits: LIMITS }),
  );
  return {
    run: async (whole) => {
      const tally = emptyTally();
      const end = whole.first_seed + whole.schedules;
      let next = whole.first_seed;
      const work = async (thread: Worker) => {
        while (next < end) {
          const first_seed = next;
          const schedules = Math.min(BATCH, end - first_seed);
          next += schedules;
          addTally(tally, await answerOf(thread, { ...whole, first_seed, schedules }));
        }
      };
      await Promise.all(threads.map(work));
      tally.violations.sort((a, b) => a.seed - b.seed);
      tally.violations.splice(VIOLATIONS_KEPT);
      return tally;
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}

function answerOf(thread: Worker, batch: Batch): Promise<Tally> {
  return new Promise((resolve, reject) => {
    thread.once('error', reject);
    thread.once('message', (tally: Tally) => {
      thread.off('error', reject);
      resolve(tally);
    });
    thread.postMessage(batch);
  });
}
