import { type NoticePolicy, noticeDays, planCollection } from '../../domain/debit/plan-collection.ts';
import { type DebitScheme, schemeOf } from '../../domain/debit/schemes.ts';
import { invariant, unreachable } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import {
  failNotice,
  markNoticeSent,
  type NoticeRow,
  readNotice,
  startNotice,
  suppressNotice,
} from '../../store/charge/notices.ts';
import type { Rows } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';
import type { MailAnswer } from '../recovery-ports.ts';
import type { Lease } from '../work/lease.ts';
import { mailPauseMs } from '../work/mail-pause.ts';
import { done, type Outcome, wait } from '../work/outcome.ts';

const STEP = 'notice';
/** About two days: then its merchant has to know that nobody was told. */
const TRIES_MAX = 50;

/**
 * Tells a customer of one debit, if that is still to come as told (docs/protocol.md, 20). The collection is planned once more
 * from this moment: what has waited for a mail server tells a later day, and never too short a notice.
 */
export async function advanceNotice(
  deps: Dependencies,
  row: Rows['notice'],
  lease: Lease,
): Promise<Outcome<'notice'>> {
  const notice = await readNotice(deps.sql, row.id);
  if (notice === null) {
    await suppressNotice(deps.sql, row.id, lease.lease_number);
    deps.metrics.mailsTotal.inc({ outcome: 'suppressed' });
    return done;
  }
  const scheme = schemeOf(notice.type);
  invariant(scheme !== null, 'notice_of_a_scheme');
  const collection = collectionNow(scheme, notice, deps.timings.debitNotice);
  const started = { id: row.id, lease_number: lease.lease_number, collection };
  const revision = await startNotice(deps.sql, started);
  if (revision === null) return done;
  await failpoint('mail.before');
  const answer = await deps.recovery.sendNotice(
    {
      message_id: row.id,
      step: STEP,
      to: notice.to,
      locale: notice.locale,
      amount_minor: notice.amount_minor,
      currency: notice.currency,
      description: notice.description,
      debit_on: collection.collect_on,
      mandate_reference: notice.mandate_reference,
      bank: { name: notice.bank_name, last4: notice.bank_last4 },
      is_changed: notice.is_changed,
    },
    lease.signal,
  );
  await failpoint('mail.after_effect');
  const outcome = await note(deps, { ...notice, revision }, answer);
  await failpoint('mail.after');
  return outcome;
}

/** Never earlier than the day that a copy may have told already. */
function collectionNow(scheme: DebitScheme, notice: NoticeRow, policy: NoticePolicy) {
  const days = noticeDays(scheme, { ...policy, sent_by: 'us' }, notice.is_repetition);
  return planCollection(scheme, { now: notice.now, wanted: notice.collect_on, sent_by: 'us', days });
}

async function note(deps: Dependencies, notice: NoticeRow, answer: MailAnswer): Promise<Outcome<'notice'>> {
  const { sql, log, metrics } = deps;
  const isLastTry = answer.kind === 'unavailable' && notice.tries + 1 >= TRIES_MAX;
  metrics.mailsTotal.inc({ outcome: isLastTry ? 'given_up' : answer.kind });
  const fields = {
    messageId: notice.id,
    chargeId: notice.charge_id,
    outcome: answer.kind,
    code: answer.code,
  };
  switch (answer.kind) {
    case 'sent':
      await markNoticeSent(sql, notice.id);
      log.info({ event: 'notice.sent', ...fields });
      return done;
    case 'bounced':
    case 'refused':
      await failNotice(sql, notice.id, answer.code);
      log.warn({ event: 'notice.failed', ...fields });
      return done;
    case 'unavailable':
      if (isLastTry) {
        await failNotice(sql, notice.id, 'mail_server_unavailable');
        log.error({ event: 'notice.failed', ...fields });
        return done;
      }
      log.warn({ event: 'message.postponed', ...fields });
      return wait(notice, mailPauseMs(notice.tries), answer.code, {
        state: 'queued',
        detail: answer.code,
        tries: notice.tries + 1,
      });
    default:
      return unreachable(answer.kind);
  }
}
