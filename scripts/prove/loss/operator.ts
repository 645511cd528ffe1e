/** The operator: the commands as they are typed on the machine, and for each open break the verb that ends it. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Reconciliation } from '../../../src/billing/janitor/reconcile.ts';
import type { BreakVerb } from '../../../src/domain/break-kinds.ts';
import type { Ground } from './ground.ts';

export type Said = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** As `review list` shows it. */
export type OpenBreak = {
  readonly kind: string;
  readonly entity_id: string;
  readonly stripe_id: string | null;
  readonly verbs: readonly BreakVerb[];
};

export type Operator = {
  /** Types a command with its arguments, as the image has it. */
  type(command: string, ...args: string[]): Promise<Said>;
  reconcile(): Promise<Reconciliation>;
  /** What waits for a person, but the loss itself, which ends with the word on withdrawals. */
  listOpen(): Promise<readonly OpenBreak[]>;
  /**
   * Ends each by a verb that its kind names. `customerOf`: our customer whose money this PaymentIntent's is, as the
   * merchant's books say.
   */
  end(open: readonly OpenBreak[], customerOf: (intent: string) => string | null): Promise<void>;
  /** How often each verb was used. */
  readonly verbs: Readonly<Record<string, number>>;
  /** What a verb answered when it refused. */
  readonly refusals: readonly string[];
};

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const LANES = 3;
const REASON = ['--reason', 'asked the customer', '--by', 'prove-loss'];

/** An operator at this deployment. */
export function operatorAt({ env }: Pick<Ground, 'env'>): Operator {
  const verbs: Record<string, number> = {};
  const refusals: string[] = [];
  let turns = 0;

  const type = (command: string, ...args: string[]): Promise<Said> =>
    new Promise((resolve) => {
      const program = [`dist/scripts/operate/${command}.js`, ...args];
      const options = { cwd: ROOT, env: { ...env }, maxBuffer: 64 * 1024 * 1024 };
      execFile(process.execPath, program, options, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
      );
    });

  async function json<T>(command: string, ...args: string[]): Promise<T> {
    const { stdout, stderr } = await type(command, ...args, '--json');
    const last = stdout.trim().split('\n').at(-1) ?? '';
    if (!last.startsWith('{')) throw new Error(`${command} said: ${stdout}${stderr}`);
    return JSON.parse(last) as T;
  }

  async function end(one: OpenBreak, customerOf: (intent: string) => string | null): Promise<void> {
    const customer = one.stripe_id === null ? null : customerOf(one.stripe_id);
    const said: string[] = [];
    for (const way of waysOf(one, customer, turns++)) {
      const { code, stderr } = await type('review', ...way, ...REASON);
      if (code === 0) {
        verbs[way[0]] = (verbs[way[0]] ?? 0) + 1;
        return;
      }
      said.push(`${way[0]} of a ${one.kind}: ${stderr.trim()}`);
    }
    refusals.push(...said);
  }

  return {
    type,
    verbs,
    refusals,
    reconcile: () => json<Reconciliation>('reconcile'),
    listOpen: async () => {
      const { breaks } = await json<{ breaks: OpenBreak[] }>('review', 'list');
      return breaks.filter(({ kind }) => kind !== 'rows_lost');
    },
    end: async (open, customerOf) => {
      const queue = inOrder(open).values();
      await Promise.all(
        Array.from({ length: LANES }, async () => {
          for (const one of queue) await end(one, customerOf);
        }),
      );
    },
  };
}

/**
 * One verb for each PaymentIntent in a round. What concerns a charge that waits goes first: it frees the reference under
 * which money is claimed afterwards. What is only to be known goes last, for a verb about its money may have ended it.
 */
function inOrder(open: readonly OpenBreak[]): OpenBreak[] {
  const place = ({ verbs }: OpenBreak): number =>
    verbs[0] === 'release' ? 2 : verbs.includes('claim') ? 1 : 0;
  const sorted = [...open].sort((one, other) => place(one) - place(other));
  const seen = new Set<string>();
  return sorted.filter((one) => {
    const about = one.stripe_id ?? one.entity_id;
    return !seen.has(about) && seen.add(about);
  });
}

type Way = readonly [string, ...string[]];

/**
 * Money that nobody asks for again is claimed and refunded by turns; where we know no customer, it goes back. What can be
 * accepted is, and if Stripe has taken nothing for it, it is written off.
 */
function waysOf(
  { kind, entity_id, stripe_id, verbs }: OpenBreak,
  customer: string | null,
  turn: number,
): readonly Way[] {
  const intent = stripe_id ?? entity_id;
  if (verbs[0] === 'claim')
    return customer === null || turn % 2 === 0
      ? [['refund', intent]]
      : [['claim', intent, '--customer', customer]];
  const writeOff: Way[] = verbs.includes('write_off')
    ? [['write-off', kind === 'orphan_left' ? intent : entity_id]]
    : [];
  if (verbs.includes('accept')) return [['accept', entity_id], ...writeOff];
  return writeOff.length > 0 ? writeOff : [['release', entity_id]];
}
