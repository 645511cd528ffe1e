/** The connection to the mail server: each mail goes through it, and the doctor tries it. */
import { createTransport } from 'nodemailer';
import type { SmtpServer } from '../../platform/config.ts';

/** Connects when it is first used. `deadline_ms` holds for connecting, greeting, and each silence after that. */
export function openTransport(smtp: SmtpServer, deadline_ms: number) {
  return createTransport({
    host: smtp.host,
    port: smtp.port,
    secure: smtp.secure,
    requireTLS: smtp.requireTls,
    ...(smtp.auth === null ? {} : { auth: smtp.auth }),
    connectionTimeout: deadline_ms,
    greetingTimeout: deadline_ms,
    socketTimeout: deadline_ms,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

export type MailLogin =
  | { readonly kind: 'ok' }
  /** `code` is nodemailer's or the network's. */
  | { readonly kind: 'login_refused' | 'not_safe' | 'unreachable'; readonly code: string };

/** Connects and logs in, and sends nothing. */
export async function tryMailLogin(smtp: SmtpServer, deadline_ms: number): Promise<MailLogin> {
  const transport = openTransport(smtp, deadline_ms);
  try {
    await transport.verify();
    return { kind: 'ok' };
  } catch (error) {
    const code = (error as { code?: string }).code ?? 'unknown';
    if (code === 'EAUTH') return { kind: 'login_refused', code };
    const isUnsafe = code === 'ETLS' || /^(?:CERT_|ERR_TLS|ERR_SSL|DEPTH_|SELF_|UNABLE_)/.test(code);
    return { kind: isUnsafe ? 'not_safe' : 'unreachable', code };
  } finally {
    transport.close();
  }
}
