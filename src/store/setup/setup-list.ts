/** Setups as merchants see them, with their consent; without those that recoveries ask for. */
import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { SetupState } from '../../domain/machines.ts';
import type { ConsentRow } from '../customer/consents.ts';
import { after, type ListPage, newestFirst } from '../postgres/paging.ts';
import { ID, readById, type Tables } from '../postgres/tables.ts';
import { consents } from '../schema/customers.ts';
import { setups } from '../schema/setups.ts';
import type { Rows } from '../work/obligations.ts';

export type SetupWithConsent = {
  readonly setup: Rows['setup'] & { readonly state: SetupState };
  readonly consent: ConsentRow;
};

export type SetupFilter = ListPage & {
  readonly customer_id: string | null;
  /** The states that one status stands for; null for all. */
  readonly states: readonly string[] | null;
};

/** Waiting requests read it again at each change. */
export const readSetupWithConsent = readById((tables) =>
  withConsent(tables).where(eq(setups.id, ID)).prepare('setup_by_id'),
) as (tables: Tables, id: string) => Promise<SetupWithConsent | null>;

/** One page, newest first; one row more than `limit` shows that there is another. */
export async function listSetups(tables: Tables, filter: SetupFilter): Promise<SetupWithConsent[]> {
  const { customer_id, states } = filter;
  const rows = await withConsent(tables)
    .where(
      and(
        customer_id === null ? undefined : eq(setups.customer_id, customer_id),
        states === null ? undefined : inArray(setups.state, [...states]),
        after(tables, setups, filter.after),
      ),
    )
    .orderBy(...newestFirst(setups))
    .limit(filter.limit + 1);
  return rows as SetupWithConsent[];
}

function withConsent(tables: Tables) {
  return tables
    .select({ setup: setups, consent: consents })
    .from(setups)
    .innerJoin(consents, and(eq(consents.id, setups.consent_id), isNull(setups.recovery_id)));
}
