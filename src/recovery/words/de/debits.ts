import type { Catalogue } from '../languages.ts';

/** What is said of a debit before it is collected, in German. */
export const debitsDe: Catalogue['debits'] = {
  notice_subject: '{merchant} zieht am {day} {amount} von Ihrem Bankkonto ein',
  notice_heading: '{amount} werden am {day} eingezogen',
  notice_opening: `{knows_account, select,
    true {{merchant} zieht am {day} {amount} für „{description}“ per Lastschrift von Ihrem Bankkonto {account} ein.}
    other {{merchant} zieht am {day} {amount} für „{description}“ per Lastschrift von Ihrem Bankkonto ein.}}`,
  notice_changed: `{is_changed, select,
    true {Betrag oder Tag haben sich geändert: Diese Ankündigung tritt an die Stelle unserer früheren.}
    other {Bitte sorgen Sie dafür, dass das Konto an diesem Tag gedeckt ist. Sonst müssen Sie nichts tun.}}`,
  notice_label_amount: 'Betrag',
  notice_label_day: 'Tag des Einzugs',
  notice_label_account: 'Konto',
  notice_label_mandate: 'Mandatsreferenz',
  notice_label_creditor: 'Gläubiger',
  notice_label_creditor_id: 'Gläubiger-Identifikationsnummer',
  notice_contact:
    'Wenn etwas nicht stimmt, schreiben Sie bitte vor diesem Tag an {support_email}. {merchant} fragt nie per E-Mail nach Ihren Bankdaten oder einem Passwort.',
  mandate_subject: 'Ihre Vereinbarung über Lastschriften mit {merchant}',
  mandate_heading: 'Sie haben Lastschriften zugestimmt',
  mandate_opening: `{knows_account, select,
    true {{merchant} darf von Ihrem Bankkonto {account} per Lastschrift einziehen, wie Sie es vereinbart haben.}
    other {{merchant} darf von Ihrem Bankkonto per Lastschrift einziehen, wie Sie es vereinbart haben.}}`,
  mandate_words: 'Bitte bewahren Sie diese E-Mail auf. Dem haben Sie zugestimmt:',
  mandate_page: 'Ihr Mandat: {url}',
  mandate_kind: 'Lastschrift',
  mandate_contact:
    'Wenn Sie dem nicht zugestimmt haben oder es beenden möchten, schreiben Sie bitte an {support_email} oder sagen Sie es Ihrer Bank. {merchant} fragt nie per E-Mail nach Ihren Bankdaten oder einem Passwort.',
};
