/** Charges as merchants see them: the row, its attempts and its newest recovery, read at one instant. */
import { and, desc, eq, getTableColumns, gte, inArray, lt, not, type SQL, sql } from 'drizzle-orm';
import type { RunGate } from '../../domain/run/run-machine.ts';
import { after, type ListPage, newestFirst } from '../postgres/paging.ts';
import { ID, readById, type Tables } from '../postgres/tables.ts';
import { charge_attempts, charges } from '../schema/charges.ts';
import { instance } from '../schema/operations.ts';
import { messages, recoveries } from '../schema/recoveries.ts';
import { disputes } from '../schema/refunds.ts';
import type { Rows } from '../work/obligations.ts';
import { changedSince } from '../work/timeline.ts';
import type { TakenCharge } from './charge-intake.ts';

/** An attempt as `jsonb` carries it; times are ISO texts. */
export type AttemptJson = {
  readonly number: number;
  readonly kind: string;
  readonly state: string;
  readonly payment_method_id: string;
  readonly consent_id: string | null;
  readonly code: string | null;
  readonly decline_code: string | null;
  readonly advice_code: string | null;
  readonly started_at: string;
  readonly ended_at: string | null;
};

export type RecoveryJson = {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly expires_at: string;
  readonly messages_sent: number;
  readonly undeliverable: boolean;
};

/** As `refund_facts` has it. */
export type RefundJson = Pick<
  Rows['refund'],
  | 'id'
  | 'state'
  | 'charge_id'
  | 'amount_minor'
  | 'currency'
  | 'reason'
  | 'origin'
  | 'stripe_refund_id'
  | 'failure_reason'
> & {
  readonly created_at: string | Date;
  /** Absent once its customer's evidence is forgotten. */
  readonly metadata?: Readonly<Record<string, string>>;
};

export type DisputeJson = {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly amount_minor: number;
  readonly evidence_due_by: string | null;
};

export type WarningJson = {
  readonly id: string;
  readonly fraud_type: string | null;
  readonly actionable: boolean;
  readonly created_at: string;
};

/** As `notice_of` has it. */
export type NoticeJson = {
  readonly sent_by: string;
  readonly state: string;
  readonly amount_minor: number;
  /** `2026-11-30`. */
  readonly collect_on: string;
  readonly confirm_not_before: string;
  readonly type: string;
  readonly sent_at: string | null;
};

/** What came after its payment; absent in what an earlier release told of a charge. */
export type AfterPayment = {
  readonly refunds?: readonly RefundJson[];
  readonly disputes?: readonly DisputeJson[];
  readonly early_fraud_warning?: WarningJson | null;
};

export type ChargeRow = AfterPayment &
  TakenCharge & {
    readonly attempts: readonly AttemptJson[];
    readonly recovery: RecoveryJson | null;
    /** Absent in what an earlier release told, and of a charge just taken in. */
    readonly notice?: NoticeJson | null;
  };

export type ChargeFilter = ListPage & {
  readonly customer_id: string | null;
  readonly reference: string | null;
  readonly run_id: string | null;
  /** The states that one status stands for; null for all. */
  readonly states: readonly string[] | null;
  /** True: only those whose time has not come; false: without them; null: either. */
  readonly scheduled: boolean | null;
  /** Neither moment is part of the span; null: no bound. */
  readonly created_after: Date | null;
  readonly created_before: Date | null;
  /** Only those whose timeline has something later; null: no bound. */
  readonly changed_after: Date | null;
  /** Labels, each of which is to be there; null: any. */
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly stripe_payment_intent_id: string | null;
  /** True: only those that a dispute is about; false: without them; null: either. */
  readonly disputed: boolean | null;
};

const gate = sql<RunGate | null>`case when ${charges.run_id} is not null then run_gate(${charges.run_id}) end`;
const isScheduled = sql<boolean>`(${charges.state} = 'queued' and (coalesce(${charges.scheduled_for} > dc_now(), false) or ${gate} is not null))`;

/** What a merchant sees besides the row itself. */
function shown(tables: Tables) {
  const attempts = tables
    .select({ list: sql`coalesce(jsonb_agg(${attemptJson} order by ${charge_attempts.number}), '[]')` })
    .from(charge_attempts)
    .where(eq(charge_attempts.charge_id, charges.id));
  const sent = tables.$count(
    messages,
    and(eq(messages.recovery_id, recoveries.id), sql`is_mailed(${messages})`),
  );
  const recovery = tables
    .select({ newest: recoveryJson(sent) })
    .from(recoveries)
    .where(eq(recoveries.charge_id, charges.id))
    .orderBy(desc(recoveries.opened_at), desc(recoveries.id))
    .limit(1);
  return {
    ...getTableColumns(charges),
    is_scheduled: isScheduled,
    run_gate: gate,
    charging_enabled: sql<boolean>`${tables.select({ on: instance.charging_enabled }).from(instance)}`,
    attempts: sql<AttemptJson[]>`${attempts}`,
    recovery: sql<RecoveryJson | null>`${recovery}`,
    notice: sql<NoticeJson | null>`notice_of(${charges.id})`,
    refunds: sql<readonly RefundJson[]>`refunds_of(${charges.id})`,
    disputes: sql<readonly DisputeJson[]>`disputes_of(${charges.id})`,
    early_fraud_warning: sql<WarningJson | null>`fraud_warning_of(${charges.id})`,
  };
}

const attemptJson = sql`jsonb_build_object(
  'number', ${charge_attempts.number}, 'kind', ${charge_attempts.kind}, 'state', ${charge_attempts.state},
  'payment_method_id', ${charge_attempts.payment_method_id}, 'consent_id', ${charge_attempts.consent_id}, 'code', ${charge_attempts.code},
  'decline_code', ${charge_attempts.decline_code}, 'advice_code', ${charge_attempts.advice_code},
  'started_at', ${charge_attempts.started_at}, 'ended_at', ${charge_attempts.ended_at})`;

function recoveryJson(messages_sent: SQL): SQL {
  return sql`jsonb_build_object(
    'id', ${recoveries.id}, 'kind', ${recoveries.kind}, 'state', ${recoveries.state},
    'expires_at', ${recoveries.expires_at}, 'messages_sent', ${messages_sent},
    'undeliverable', ${recoveries.bounced_at} is not null)`;
}

/** Waiting requests read it again at each change. */
export const readChargeRow = readById<ChargeRow>((tables) =>
  tables.select(shown(tables)).from(charges).where(eq(charges.id, ID)).prepare('charge_by_id'),
);

/** One page, newest first; one row more than `limit` shows that there is another. */
export async function listCharges(tables: Tables, filter: ChargeFilter): Promise<ChargeRow[]> {
  const { customer_id, reference, states, scheduled, created_after, created_before } = filter;
  const { changed_after, metadata, stripe_payment_intent_id: intent, disputed } = filter;
  return tables
    .select(shown(tables))
    .from(charges)
    .where(
      and(
        customer_id === null ? undefined : eq(charges.customer_id, customer_id),
        reference === null ? undefined : eq(charges.reference, reference),
        filter.run_id === null ? undefined : eq(charges.run_id, filter.run_id),
        states === null ? undefined : isIn(states),
        scheduled === null ? undefined : scheduled ? isScheduled : not(isScheduled),
        created_after === null ? undefined : gte(charges.created_at, justAfter(created_after)),
        created_before === null ? undefined : lt(charges.created_at, created_before),
        changed_after === null
          ? undefined
          : inArray(charges.id, changedSince(tables, justAfter(changed_after))),
        metadata === null ? undefined : hasLabels(metadata),
        intent === null ? undefined : eq(charges.stripe_payment_intent_id, intent),
        disputed === null ? undefined : disputed ? isDisputed(tables) : not(isDisputed(tables)),
        after(tables, charges, filter.after),
      ),
    )
    .orderBy(...newestFirst(charges))
    .limit(filter.limit + 1);
}

/**
 * The states are spelt out, so that whatever is asked, the plan may rest on the indexes of the few; and what has not ended
 * is found among what is due and what is not.
 */
function isIn(states: readonly string[]): SQL | undefined {
  const spelt = inArray(charges.state, [...states]).inlineParams();
  const isOpen = states.every((state) => !APART.has(state));
  return isOpen
    ? and(
        spelt,
        sql`(${charges.due_at} is not null or ${charges.due_at} is null and ${charges.settled_at} is null)`,
      )
    : spelt;
}

/** States that an index of their own finds, and the one that most are in. */
const APART: ReadonlySet<string> = new Set(['action_required', 'succeeded', 'failed', 'canceled']);

function isDisputed(tables: Tables): SQL {
  return inArray(charges.id, tables.select({ id: disputes.charge_id }).from(disputes));
}

/** The second condition is that of the index. */
function hasLabels(labels: Readonly<Record<string, string>>): SQL {
  return sql`${charges.metadata} @> ${JSON.stringify(labels)}::jsonb and ${charges.metadata} <> '{}'`;
}

/** We show milliseconds: what is shown as this very moment is not later than it. */
function justAfter(moment: Date): Date {
  return new Date(moment.getTime() + 1);
}
