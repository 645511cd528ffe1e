import type { Catalogue } from '../languages.ts';
import { mailsFr } from './mails.ts';
import { noticesFr } from './notices.ts';
import { pagesFr } from './pages.ts';
import { setupFr } from './setup.ts';

export const fr: Catalogue = { mails: mailsFr, notices: noticesFr, pages: pagesFr, setup: setupFr };
