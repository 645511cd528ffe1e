import type { Catalogue } from '../languages.ts';
import { debitsFr } from './debits.ts';
import { mailsFr } from './mails.ts';
import { mandatesFr } from './mandates.ts';
import { noticesFr } from './notices.ts';
import { pagesFr } from './pages.ts';
import { receiptsFr } from './receipts.ts';
import { setupFr } from './setup.ts';

export const fr: Catalogue = {
  debits: debitsFr,
  mails: mailsFr,
  mandates: mandatesFr,
  notices: noticesFr,
  pages: pagesFr,
  receipts: receiptsFr,
  setup: setupFr,
};
