import type { Catalogue } from '../languages.ts';
import { mailsDe } from './mails.ts';
import { noticesDe } from './notices.ts';
import { pagesDe } from './pages.ts';
import { setupDe } from './setup.ts';

export const de: Catalogue = { mails: mailsDe, notices: noticesDe, pages: pagesDe, setup: setupDe };
