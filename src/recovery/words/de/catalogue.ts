import type { Catalogue } from '../languages.ts';
import { debitsDe } from './debits.ts';
import { mailsDe } from './mails.ts';
import { mandatesDe } from './mandates.ts';
import { noticesDe } from './notices.ts';
import { pagesDe } from './pages.ts';
import { receiptsDe } from './receipts.ts';
import { setupDe } from './setup.ts';

export const de: Catalogue = {
  debits: debitsDe,
  mails: mailsDe,
  mandates: mandatesDe,
  notices: noticesDe,
  pages: pagesDe,
  receipts: receiptsDe,
  setup: setupDe,
};
