import { unreachable } from '../../platform/errors.ts';
import { failMessage, markMessageSent } from '../../store/recovery/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import type { MailAnswer } from '../recovery-ports.ts';
import { mailPauseMs } from '../work/mail-pause.ts';
import { done, type Outcome, wait } from '../work/outcome.ts';

/** About a day of an unreachable mail server; after that a reminder would come too late to be of use. */
const TRIES_MAX = 26;

/** A mail that was handed to the server: a step of a recovery, or the receipt of a charge. */
type HandedMail = {
  readonly id: string;
  readonly tries: number;
  readonly revision: number;
  readonly recovery_id: string | null;
  readonly charge_id?: string;
};

/** Writes down what the mail server answered, whatever the mail was. */
export async function noteAnswer(
  deps: Dependencies,
  mail: HandedMail,
  answer: MailAnswer,
): Promise<Outcome<'message'>> {
  const { sql, log, timings, metrics } = deps;
  const isLastTry = answer.kind === 'unavailable' && mail.tries + 1 >= TRIES_MAX;
  metrics.mailsTotal.inc({ outcome: isLastTry ? 'given_up' : answer.kind });
  const fields = {
    messageId: mail.id,
    ...(mail.recovery_id === null ? {} : { recoveryId: mail.recovery_id }),
    ...(mail.charge_id === undefined ? {} : { chargeId: mail.charge_id }),
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
