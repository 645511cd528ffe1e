/**
 * A careful merchant: every order is one charge under one key. A refusal that says nothing was done ends the order; if
 * an answer leaves open whether the charge was accepted, the merchant repeats the request under its key until it knows.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from '../load/wire.ts';
import type { Stage } from './stage.ts';

export type Orders = {
  /** Places one; returns the answer to the first sending: a status, or the code of a problem. */
  place(index: number): Promise<string>;
  /** Resolves when we know of each whether it was accepted. */
  known(): Promise<void>;
  /** Ids from 202 answers, by key. */
  readonly accepted: ReadonlyMap<string, string>;
  /** Keys for which the first answer said that nothing was done. */
  readonly turned_away: ReadonlySet<string>;
  /** Refusals without Retry-After or with an unknown code, and answers that are not ours. */
  readonly odd: readonly string[];
};

/** A refusal before anything was done. */
const NOTHING_DONE: readonly (string | null)[] = ['overloaded', 'rate_limited'];
const AGAIN_MS = 500;
const TRIES_MAX = 200;

/** Orders at the stage's API, under keys that begin with `name`. */
export function ordersAt(stage: Stage, name: string): Orders {
  const accepted = new Map<string, string>();
  const turned_away = new Set<string>();
  const odd: string[] = [];
  const asking = new Set<Promise<void>>();

  const send = (index: number): Promise<Answer> =>
    stage.api.send('POST', '/v1/charges', stage.charge(index), { 'idempotency-key': `${name}-${index}` });

  function judge(index: number, answer: Answer): 'known' | 'unknown' {
    const { status, code, retry_after_s } = answer;
    const key = `${name}-${index}`;
    if (status === 202) accepted.set(key, (JSON.parse(answer.text) as { id: string }).id);
    else if (status === 503 || status === 429) {
      if (code === null || retry_after_s === null || !(retry_after_s > 0))
        odd.push(answer.text.slice(0, 200));
    } else if (status !== 0) odd.push(`${status} ${answer.text.slice(0, 200)}`);
    return status === 202 ? 'known' : 'unknown';
  }

  async function askUntilKnown(index: number): Promise<void> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      await wait(AGAIN_MS * (0.5 + Math.random()));
      if (judge(index, await send(index)) === 'known') return;
    }
    odd.push(`${name}-${index} never became known`);
  }

  return {
    accepted,
    turned_away,
    odd,
    place: async (index) => {
      const answer = await send(index);
      if (judge(index, answer) === 'known') return '202';
      if (NOTHING_DONE.includes(answer.code)) {
        turned_away.add(`${name}-${index}`);
        return String(answer.code);
      }
      const asked = askUntilKnown(index).finally(() => asking.delete(asked));
      asking.add(asked);
      return answer.code ?? (answer.status === 0 ? 'no_answer' : String(answer.status));
    },
    known: async () => {
      while (asking.size > 0) await Promise.all([...asking]);
    },
  };
}
