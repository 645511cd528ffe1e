import type { Catalogue } from '../languages.ts';
import { debitsEs } from './debits.ts';
import { mailsEs } from './mails.ts';
import { mandatesEs } from './mandates.ts';
import { noticesEs } from './notices.ts';
import { pagesEs } from './pages.ts';
import { receiptsEs } from './receipts.ts';
import { setupEs } from './setup.ts';

export const es: Catalogue = {
  debits: debitsEs,
  mails: mailsEs,
  mandates: mandatesEs,
  notices: noticesEs,
  pages: pagesEs,
  receipts: receiptsEs,
  setup: setupEs,
};
