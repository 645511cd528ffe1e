import { debitsEn } from './debits.ts';
import { mailsEn } from './mails.ts';
import { mandatesEn } from './mandates.ts';
import { noticesEn } from './notices.ts';
import { pagesEn } from './pages.ts';
import { receiptsEn } from './receipts.ts';
import { setupEn } from './setup.ts';

export const en = {
  debits: debitsEn,
  mails: mailsEn,
  mandates: mandatesEn,
  notices: noticesEn,
  pages: pagesEn,
  receipts: receiptsEn,
  setup: setupEn,
};
