import type { Catalogue } from '../languages.ts';
import { mailsNl } from './mails.ts';
import { noticesNl } from './notices.ts';
import { pagesNl } from './pages.ts';
import { setupNl } from './setup.ts';

export const nl: Catalogue = { mails: mailsNl, notices: noticesNl, pages: pagesNl, setup: setupNl };
