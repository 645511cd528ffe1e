import { unreachable } from '../platform/errors.ts';
import { tryMailLogin } from '../recovery/mail/mail-transport.ts';
import type { Check, Problem } from './check.ts';
import type { Patient } from './patient.ts';

export const mailChecks: readonly Check<Patient>[] = [
  { name: 'mail.login', setting: 'SMTP_URL', after: [], look: login },
];

async function login({ config }: Patient): Promise<Problem[]> {
  const answer = await tryMailLogin(config.smtp, ANSWER_MS);
  const problem = (wrong: string, way_out: string) => [{ setting: 'SMTP_URL', wrong, way_out }];
  switch (answer.kind) {
    case 'ok':
      return [];
    case 'login_refused':
      return problem(
        `the mail server refuses user or password (${answer.code})`,
        'Correct user and password in SMTP_URL; percent-encode what is no letter or digit.',
      );
    case 'not_safe':
      return problem(
        `the mail server makes no safe connection (${answer.code})`,
        'Use smtps://…:465, a server with STARTTLS and a certificate for its name, or name its host in PRIVATE_HOSTS.',
      );
    case 'unreachable':
      return problem(
        `the mail server does not answer (${answer.code})`,
        'Start it, or correct host and port of SMTP_URL; look for a firewall between.',
      );
    default:
      return unreachable(answer);
  }
}

const ANSWER_MS = 5_000;
