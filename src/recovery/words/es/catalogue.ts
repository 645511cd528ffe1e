import type { Catalogue } from '../languages.ts';
import { debitsEs } from './debits.ts';
import { mailsEs } from './mails.ts';
import { noticesEs } from './notices.ts';
import { pagesEs } from './pages.ts';
import { setupEs } from './setup.ts';

export const es: Catalogue = {
  debits: debitsEs,
  mails: mailsEs,
  notices: noticesEs,
  pages: pagesEs,
  setup: setupEs,
};
