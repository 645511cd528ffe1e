/**
 * The operator, who is called when rows wait for a person or the books differ: reads `reconcile`, and types the verbs
 * that each kind of break names until nothing is left. Whatever they cannot end is stuck, and that is a defect of ours.
 */
import { acceptCharge } from '../../../src/billing/janitor/accept-charge.ts';
import { bringMarked } from '../../../src/billing/janitor/bring-marked.ts';
import { claimPayment } from '../../../src/billing/janitor/claim-payment.ts';
import { reconcile } from '../../../src/billing/janitor/reconcile.ts';
import { refundPayment } from '../../../src/billing/janitor/refund-payment.ts';
import { releaseReview } from '../../../src/billing/janitor/release-review.ts';
import { writeOff } from '../../../src/billing/janitor/write-off.ts';
import { type BreakVerb, verbsOf } from '../../../src/domain/break-kinds.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { productionTimings } from '../../../src/platform/timings.ts';
import { chargeStatements } from '../../../src/store/charge/charge-statements.ts';
import { listOpenBreaks, listReviews } from '../../../src/store/janitor/reviews.ts';
import { readInstance } from '../../../src/store/postgres/instance.ts';
import { readCharging, turnChargingOn } from '../../../src/store/work/charging.ts';
import { createStripe } from '../../../src/stripe/client.ts';
import { chanceOf, shuffled } from '../chance.ts';
import { allHave } from '../earlier-build.ts';
import type { Merchant } from '../merchant.ts';
import type { World } from '../world.ts';

/** What waits for a person, by the names that its verbs are typed with. */
export type Waiting = {
  readonly kind: string;
  /** The row, PaymentIntent or currency. */
  readonly entity: string;
  readonly charge: string | null;
  readonly payment_intent: string | null;
  readonly verbs: readonly BreakVerb[];
};

export type Typed = { readonly waiting: Waiting; readonly verb: BreakVerb; readonly answer: string };

export type Operator = {
  /** Types one verb about each thing that waits, and turns charging on again. False when there was nothing to do. */
  play(): Promise<boolean>;
  readonly typed: readonly Typed[];
  /** What `reconcile` said last. */
  differences(): readonly string[];
  close(): void;
};

export const WORD = { reason: 'chaos plays the operator', by: 'chaos' };
const RECHECK_MS = 300;
const LINES_MAX = 1_000;

/** Opens the books of a world at rest. */
export async function operatorOf(world: World, merchant: Merchant): Promise<Operator> {
  const { sql, tables, simulator, secret_key, plan } = world;
  const { instance_id, derive_key } = await readInstance(sql);
  const stripe = createStripe({
    secretKey: secret_key,
    apiUrl: simulator.url,
    timeoutMs: productionTimings.stripeTimeoutMs,
    livemode: false,
  });
  const log = silentLog();
  const verbs = { sql, stripe, log, instance_id };
  const timings = productionTimings;
  const bringing = {
    sql,
    stripe,
    log,
    timings,
    instance: { id: instance_id, deriveKey: derive_key, livemode: false },
    charges: chargeStatements(sql, { rows_max: 1, wait_ms: 0 }, () => {}),
    metrics: createMetrics(),
    offer: async () => {},
  };
  const random = chanceOf('operator', plan.name, plan.backend);
  const typed: Typed[] = [];
  let found: readonly string[] = [];

  async function compare(): Promise<Waiting[]> {
    const bring = (intent: Parameters<typeof bringMarked>[1]) => bringMarked(bringing, intent, 'reconcile');
    const books = await reconcile({ sql, stripe, instance_id, bring, recheck_ms: RECHECK_MS }, null);
    found = books.differences.map(({ kind, entity, database, stripe: there }) =>
      [kind, entity, `database: ${database ?? '-'}`, `stripe: ${there ?? '-'}`].join(' '),
    );
    return [...books.differences];
  }

  /** Parked rows without a break of their own, and breaks that no comparison finds. */
  async function review(): Promise<Waiting[]> {
    const parked = (await listReviews(tables, LINES_MAX))
      .filter(({ breaks }) => breaks.length === 0)
      .map(({ id }) => ({ kind: 'parked', entity: id, charge: id, payment_intent: null, verbs: PARKED }));
    const open = (await listOpenBreaks(tables, LINES_MAX)).map(({ kind, entity_id, stripe_id, mark }) => ({
      kind,
      entity: entity_id,
      charge: entity_id.startsWith('chg_') ? entity_id : mark,
      payment_intent: stripe_id,
      verbs: verbsOf(kind, mark),
    }));
    return [...parked, ...open];
  }

  async function answerOf(verb: BreakVerb, waiting: Waiting): Promise<string> {
    const { entity, charge, payment_intent } = waiting;
    switch (verb) {
      case 'accept':
        return said(await acceptCharge(verbs, charge ?? '', WORD));
      case 'write_off':
        return said(await writeOff(verbs, entity.startsWith('pi_') ? entity : (charge ?? ''), WORD));
      case 'refund':
        return said(await refundPayment(verbs, payment_intent ?? '', WORD));
      case 'claim': {
        const request = {
          payment_intent: payment_intent ?? '',
          customer: await payerOf(payment_intent ?? ''),
          reference: null,
        };
        return said(await claimPayment(verbs, request, WORD));
      }
      case 'release':
        return said(await releaseReview(sql, { id: entity, way: null, ...WORD }));
    }
  }

  /** What an older build parks beside ours because its PaymentIntent is there: docs/deploy.md says what is typed. */
  async function isOthersCreate({ kind, entity }: Waiting): Promise<boolean> {
    if (kind !== 'create_refused' || allHave('request_marks', world.earlier)) return false;
    const rows = await sql`
      select from breaks
      where kind = ${kind} and entity_id = ${entity} and observed ->> 'code' = 'idempotency_mismatch'`;
    return rows.length > 0;
  }

  async function payerOf(payment_intent: string): Promise<string> {
    const { customer } = await world.stripe.paymentIntents.retrieve(payment_intent);
    const rows = await sql<{ id: string }[]>`
      select id from customers where stripe_customer_id = ${String(customer)}`;
    return rows[0]?.id ?? '';
  }

  /** A verb that was typed already and did not end it is typed again only after all others. */
  async function type(waiting: Waiting): Promise<void> {
    const tried = (verb: BreakVerb) =>
      typed.filter(
        (one) =>
          one.verb === verb && one.waiting.kind === waiting.kind && one.waiting.entity === waiting.entity,
      ).length;
    const verbs: readonly BreakVerb[] = (await isOthersCreate(waiting)) ? ['release'] : waiting.verbs;
    const order = shuffled(random, verbs).sort((one, other) => tried(one) - tried(other));
    for (const verb of order) {
      const answer = await answerOf(verb, waiting).catch((error: unknown) => `failed: ${String(error)}`);
      typed.push({ waiting, verb, answer });
      if (answer.startsWith('done')) return;
    }
  }

  return {
    typed,
    differences: () => found,
    play: async () => {
      const waiting = [...(await compare()), ...(await review())];
      const seen = new Set<string>();
      for (const one of waiting) {
        const name = `${one.kind} ${one.entity}`;
        if (one.kind === 'rows_lost' || seen.has(name)) continue;
        seen.add(name);
        await type(one);
      }
      const { enabled } = await readCharging(tables);
      // After a loss not before the books are clean: until then each round leaves it off.
      if (!enabled && seen.size === 0) {
        merchant.lift();
        await turnChargingOn(sql, WORD, true);
      }
      return seen.size > 0 || !enabled;
    },
    close: () => stripe.close(),
  };
}

/** Of a parked row that no break is about. */
const PARKED: readonly BreakVerb[] = ['release', 'write_off'];

type Answer = Awaited<ReturnType<typeof acceptCharge>> | Awaited<ReturnType<typeof releaseReview>>;

function said(answer: Answer): string {
  switch (answer.outcome) {
    case 'done':
      return `done: ${answer.id} is ${answer.state}`;
    case 'released':
      return `done: ${answer.state}`;
    case 'breaks_closed':
      return `done: ${answer.count} closed`;
    case 'refused':
      return `refused: ${answer.because}`;
    case 'unanswered':
    case 'not_in_review':
      return answer.outcome;
  }
}
