import { toldOn } from '../../domain/debit/plan-collection.ts';
import { schemeOf } from '../../domain/debit/schemes.ts';
import type { NoticeJson } from '../../store/charge/charge-list.ts';
import type { NoticeView } from '../schemas/charge.ts';

/** The notice of a debit as the API shows it; a day is its first moment in UTC. */
export function noticeView({
  sent_by,
  sent_at,
  amount_minor,
  collect_on,
  confirm_not_before,
}: NoticeJson): NoticeView {
  return {
    sent_by: sent_by as NoticeView['sent_by'],
    sent_at: sent_at === null ? null : new Date(sent_at).toISOString(),
    amount: amount_minor,
    due_at: dayAsTime(collect_on),
    confirm_not_before: new Date(confirm_not_before).toISOString(),
  };
}

/** When Stripe tells how a debit ended that is with the bank. */
export function expectedAt({ type, collect_on }: NoticeJson): string | null {
  const scheme = schemeOf(type);
  return scheme === null ? null : dayAsTime(toldOn(scheme, collect_on));
}

function dayAsTime(day: string): string {
  return `${day}T00:00:00.000Z`;
}
