import { type SchemeType, schemeOf } from '../../domain/debit/schemes.ts';
import { invariant, unreachable } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import {
  type MandateMailRow,
  markMandateMailed,
  startMandateMail,
} from '../../store/customer/mandate-mails.ts';
import type { Rows } from '../../store/work/obligations.ts';
import type { Dependencies } from '../dependencies.ts';
import type { MailAnswer } from '../recovery-ports.ts';
import type { Lease } from '../work/lease.ts';
import { mailPauseMs } from '../work/mail-pause.ts';
import { type Outcome, wait } from '../work/outcome.ts';

/** About two days, as of a notice. */
const TRIES_MAX = 50;

type Method = Rows['payment_method'];
type Next = Outcome<'payment_method'>;

export const owesMandateMail = ({ mandate_mail }: Pick<Method, 'mandate_mail'>): boolean =>
  mandate_mail === 'owed' || mandate_mail === 'sending';

/**
 * Mails its customer the agreement behind a mandate that they gave, where the scheme leaves that to us (docs/protocol.md, 11.7).
 * What else the method owes comes after it.
 */
export async function mailMandate(deps: Dependencies, row: Method, lease: Lease): Promise<Next> {
  const mail = await startMandateMail(deps.sql, { id: row.id, lease_number: lease.lease_number });
  const next_ms = row.allow_redisplay === null ? null : 0;
  if (mail === null) {
    deps.metrics.mailsTotal.inc({ outcome: 'suppressed' });
    return wait(row, next_ms, 'mandate_mail_unwanted', { mandate_mail: 'unwanted' });
  }
  await failpoint('mail.before');
  const answer = await deps.recovery.sendMandate(mailOf(mail), lease.signal);
  await failpoint('mail.after_effect');
  const outcome = await note(deps, mail, answer, next_ms);
  await failpoint('mail.after');
  return outcome;
}

function mailOf(mail: MandateMailRow) {
  const { id, mandate_text, mandate_text_version, bank_name, bank_last4 } = mail;
  invariant(schemeOf(mail.type) !== null, 'mandate_of_a_scheme');
  return {
    ...mail,
    message_id: `${id}.mandate`,
    scheme: mail.type as SchemeType,
    bank: { name: bank_name, last4: bank_last4 },
    agreed:
      mandate_text === null || mandate_text_version === null
        ? null
        : { text: mandate_text, version: mandate_text_version },
  };
}

async function note(
  deps: Dependencies,
  mail: MandateMailRow,
  { kind, code, version }: MailAnswer & { readonly version: string },
  next_ms: number | null,
): Promise<Next> {
  const { sql, log, metrics } = deps;
  const isLastTry = kind === 'unavailable' && mail.tries + 1 >= TRIES_MAX;
  metrics.mailsTotal.inc({ outcome: isLastTry ? 'given_up' : kind });
  const fields = { messageId: `${mail.id}.mandate`, outcome: kind, code };
  switch (kind) {
    case 'sent': {
      const revision = (await markMandateMailed(sql, { id: mail.id, version })) ?? mail.revision;
      log.info({ event: 'message.sent', ...fields });
      return wait({ revision }, next_ms, 'mandate_mailed');
    }
    case 'bounced':
    case 'refused':
      log.warn({ event: 'message.failed', ...fields });
      return wait(mail, next_ms, code, { mandate_mail: 'failed' });
    case 'unavailable':
      if (isLastTry) {
        log.error({ event: 'message.failed', ...fields });
        return wait(mail, next_ms, code, { mandate_mail: 'failed' });
      }
      log.warn({ event: 'message.postponed', ...fields });
      return wait(mail, mailPauseMs(mail.tries), code, { tries: mail.tries + 1 });
    default:
      return unreachable(kind);
  }
}
