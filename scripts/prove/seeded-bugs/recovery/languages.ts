/** The words of mails and pages: which language, and what they say of a debit. */
import type { Mutation } from '../../mutations/mutation.ts';
import { unit } from '../checks.ts';

const LANGUAGES = 'src/recovery/words/languages.ts';

export const languages: readonly Mutation[] = [
  {
    name: 'a German sentence loses its amount',
    edits: [
      {
        file: 'src/recovery/words/de/mails.ts',
        find: "  button_pay: '{amount} bezahlen',\n",
        replace: "  button_pay: 'Bezahlen',\n",
      },
    ],
    check: unit('recovery/languages', 'de says everything that English says'),
  },
  {
    name: 'a region is written to in English',
    edits: [
      {
        file: LANGUAGES,
        find: "const language = tag.split('-')[0]?.toLowerCase() ?? '';\n  if",
        replace: 'const language = tag;\n  if',
      },
    ],
    check: unit('recovery/languages', 'a region has the words of its language'),
  },
  {
    name: 'the language that a browser refuses is the one it gets',
    edits: [
      {
        file: LANGUAGES,
        find: 'isLanguage(language) && Number(q) > 0',
        replace: 'isLanguage(language)',
      },
    ],
    check: unit('recovery/languages', 'a browser is answered in what it would rather read'),
  },
  {
    name: 'a mail calls a bank account a card',
    edits: [
      {
        file: 'src/recovery/words/facts.ts',
        find: "    by: bank === null ? 'card' : 'bank',\n",
        replace: "    by: 'card',\n",
      },
    ],
    check: unit('recovery/debit-words', 'no mail and no page of a debit calls the account a card'),
  },
  {
    name: 'a debit that the bank did not explain is called unauthorised',
    edits: [
      {
        file: 'src/recovery/words/debit-failure.ts',
        find: "(CODES[code] ?? 'failed') : 'failed'",
        replace: "(CODES[code] ?? 'failed') : 'not_authorized'",
      },
    ],
    check: unit('recovery/debit-words', 'says why a debit failed only as far as the bank did'),
  },
];
