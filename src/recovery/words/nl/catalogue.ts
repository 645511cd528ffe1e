import type { Catalogue } from '../languages.ts';
import { debitsNl } from './debits.ts';
import { mailsNl } from './mails.ts';
import { mandatesNl } from './mandates.ts';
import { noticesNl } from './notices.ts';
import { pagesNl } from './pages.ts';
import { receiptsNl } from './receipts.ts';
import { setupNl } from './setup.ts';

export const nl: Catalogue = {
  debits: debitsNl,
  mails: mailsNl,
  mandates: mandatesNl,
  notices: noticesNl,
  pages: pagesNl,
  receipts: receiptsNl,
  setup: setupNl,
};
