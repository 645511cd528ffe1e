import type { Catalogue } from '../languages.ts';
import { debitsIt } from './debits.ts';
import { mailsIt } from './mails.ts';
import { mandatesIt } from './mandates.ts';
import { noticesIt } from './notices.ts';
import { pagesIt } from './pages.ts';
import { receiptsIt } from './receipts.ts';
import { setupIt } from './setup.ts';

export const it: Catalogue = {
  debits: debitsIt,
  mails: mailsIt,
  mandates: mandatesIt,
  notices: noticesIt,
  pages: pagesIt,
  receipts: receiptsIt,
  setup: setupIt,
};
