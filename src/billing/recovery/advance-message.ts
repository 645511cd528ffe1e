import { MINUTE_MS } from '../../domain/durations.ts';
import { unreachable } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import {
  type BillRow,
  failMessage,
  type MailRow,
  markMessageSent,
  readMailBills,
  startMessage,
} from '../../store/recovery/messages.ts';
import { fixLinkKey } from '../../store/recovery/recoveries.ts';
import type { Rows } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';
import { bankOf, cardOf, type MailAnswer, type RecoveryMail } from '../recovery-ports.ts';
import type { Lease } from '../work/lease.ts';
import { mailPauseMs } from '../work/mail-pause.ts';
import { done, type Outcome, wait } from '../work/outcome.ts';

/** How long a mail waits while another process acts on the charge, or a person has to look at it. */
const WAIT_MS = MINUTE_MS;
/** About a day of an unreachable mail server; after that a reminder would come too late to be of use. */
const TRIES_MAX = 26;

/**
 * Sends one mail, if it is still wanted (docs/protocol.md, 9.2), with what else waits for its customer (9.14). Only a
 * payment during the SMTP call itself lets a mail reach a customer who has just paid.
 */
export async function advanceMessage(
  deps: Dependencies,
  row: Rows['message'],
  lease: Lease,
): Promise<Outcome<'message'>> {
  const mail = await startMessage(
    deps.sql,
    { id: row.id, lease_number: lease.lease_number, wait_ms: WAIT_MS },
    deps.timings,
  );
  if (mail?.verdict === 'suppressed') deps.metrics.mailsTotal.inc({ outcome: 'suppressed' });
  if (mail === null || mail.verdict !== 'sending') return done;
  const composed = await compose(deps, mail);
  // Erased since it was marked: the mail is suppressed already.
  if (composed === null) return done;
  await failpoint('mail.before');
  const answer = await deps.recovery.sendMail(composed, lease.signal);
  await failpoint('mail.after_effect');
  const outcome = await note(deps, mail, answer);
  await failpoint('mail.after');
  return outcome;
}

/** Its link is that of the first bill that it is about: usually its own, else one that can still be paid. */
async function compose(deps: Dependencies, mail: MailRow): Promise<RecoveryMail | null> {
  const about = await readMailBills(deps.sql, mail);
  if (about === null) return null;
  const { email, locale, bills } = about;
  const [first, ...others] = bills;
  const asks = !mail.step.startsWith('method_replaced');
  const link = asks
    ? deps.recovery.linkAddress(await fixLinkKey(deps.sql, first.recovery_id, deps.recovery.link_key_ids))
    : null;
  return {
    ...billOf(first),
    message_id: mail.id,
    step: first.is_last_call ? 'last_call' : mail.step,
    to: email,
    locale,
    others: others.map(billOf),
    more: mail.more,
    link,
  };
}

function billOf(row: BillRow) {
  return {
    ...row,
    card: cardOf(row.card_brand, row.card_last4),
    new_card: cardOf(row.new_card_brand, row.new_card_last4),
    bank: bankOf(row.method_type, row.bank_name, row.bank_last4),
    new_bank: bankOf(row.new_method_type, row.new_bank_name, row.new_bank_last4),
  };
}

async function note(deps: Dependencies, mail: MailRow, answer: MailAnswer): Promise<Outcome<'message'>> {
  const { sql, log, timings, metrics } = deps;
  const isLastTry = answer.kind === 'unavailable' && mail.tries + 1 >= TRIES_MAX;
  metrics.mailsTotal.inc({ outcome: isLastTry ? 'given_up' : answer.kind });
  const fields = {
    messageId: mail.id,
    recoveryId: mail.recovery_id,
    outcome: answer.kind,
    code: answer.code,
  };
  switch (answer.kind) {
    case 'sent':
      await markMessageSent(sql, { id: mail.id, last_call_grace_minutes: timings.lastCallGraceMinutes });
      log.info({ event: 'message.sent', ...fields });
      return done;
    case 'bounced':
    case 'refused':
      await failMessage(sql, { id: mail.id, code: answer.code, bounced: answer.kind === 'bounced' });
      log.warn({ event: 'message.failed', ...fields });
      return done;
    case 'unavailable':
      if (isLastTry) {
        await failMessage(sql, { id: mail.id, code: 'mail_server_unavailable', bounced: false });
        log.error({ event: 'message.failed', ...fields });
        return done;
      }
      log.warn({ event: 'message.postponed', ...fields });
      return wait(mail, mailPauseMs(mail.tries), answer.code, {
        state: 'queued',
        detail: answer.code,
        tries: mail.tries + 1,
      });
    default:
      return unreachable(answer.kind);
  }
}
