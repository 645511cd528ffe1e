import type { Sql } from '../postgres/database.ts';

export type NewestRecovery = {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly expires_at: Date;
  readonly messages_sent: number;
  readonly undeliverable: boolean;
  /** The columns that its link is derived from. */
  readonly link: {
    readonly id: string;
    readonly link_version: number;
    readonly link_key_id: string | null;
    readonly link_nonce: string;
  };
};

/** A charge's newest recovery, live or over; null when it never had one. */
export async function readNewestRecovery(sql: Sql, charge_id: string): Promise<NewestRecovery | null> {
  const rows = await sql<NewestRecovery[]>`
    select r.id, r.kind, r.state, r.expires_at,
           (select count(*)::int from messages m where m.recovery_id = r.id and is_mailed(m)) as messages_sent,
           r.bounced_at is not null as undeliverable,
           jsonb_build_object('id', r.id, 'link_version', r.link_version, 'link_key_id', r.link_key_id,
                              'link_nonce', r.link_nonce) as link
    from recoveries r where r.charge_id = ${charge_id}
    order by r.opened_at desc, r.id desc limit 1`;
  return rows[0] ?? null;
}
