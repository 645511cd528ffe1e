/** What the environment says of everything that customers see, and of what is asked of them. */

type MerchantSettings = {
  readonly MERCHANT_NAME: string;
  readonly MERCHANT_SUPPORT_EMAIL: string;
  readonly MERCHANT_LOGO_URL?: string | undefined;
  readonly MERCHANT_COLOR?: string | undefined;
  readonly PUBLIC_URL: string;
};

/** Who charges, as pages and mails show them. A logo's path is one at our own public address. */
export function merchantOf(env: MerchantSettings) {
  const { MERCHANT_LOGO_URL: logo, PUBLIC_URL } = env;
  return {
    name: env.MERCHANT_NAME,
    support_email: env.MERCHANT_SUPPORT_EMAIL,
    logo_url: logo === undefined ? null : new URL(logo, PUBLIC_URL).href,
    color: env.MERCHANT_COLOR ?? null,
  };
}

type TermSettings = {
  readonly RETRY_DAYS: readonly number[];
  readonly RECOVERY_DEADLINE_DAYS: number;
  readonly RECOVERY_ON_EXPIRY: 'close' | 'release' | 'keep_open';
  readonly RECOVERY_MAILS: string;
  readonly RECOVERY_EARLY_MAIL: string;
  readonly RECEIPTS: string;
};

/** What holds for charges that say nothing else. */
export function usualTermsOf(env: TermSettings) {
  return {
    retry_days: env.RETRY_DAYS,
    deadline_days: env.RECOVERY_DEADLINE_DAYS,
    on_expiry: env.RECOVERY_ON_EXPIRY,
    mails: env.RECOVERY_MAILS === '1',
    early_mail: env.RECOVERY_EARLY_MAIL === '1',
    receipt: env.RECEIPTS === '1',
  };
}
