import type { Catalogue } from '../languages.ts';

/** What is said of a debit before it is collected, in Dutch. */
export const debitsNl: Catalogue['debits'] = {
  notice_subject: '{merchant} incasseert op {day} {amount} van uw bankrekening',
  notice_heading: 'Op {day} wordt {amount} geïncasseerd',
  notice_opening: `{knows_account, select,
    true {{merchant} incasseert op {day} {amount} voor ‘{description}’ van uw bankrekening {account}.}
    other {{merchant} incasseert op {day} {amount} voor ‘{description}’ van uw bankrekening.}}`,
  notice_changed: `{is_changed, select,
    true {Het bedrag of de dag is veranderd: dit bericht vervangt ons eerdere.}
    other {Zorg ervoor dat er die dag genoeg geld op de rekening staat. Verder hoeft u niets te doen.}}`,
  notice_label_amount: 'Bedrag',
  notice_label_day: 'Dag van incasso',
  notice_label_account: 'Rekening',
  notice_label_mandate: 'Kenmerk machtiging',
  notice_label_creditor: 'Incassant',
  notice_label_creditor_id: 'Incassant-ID',
  notice_contact:
    'Klopt er iets niet, schrijf dan vóór die dag naar {support_email}. {merchant} vraagt nooit per e-mail om uw bankgegevens of een wachtwoord.',
  mandate_subject: 'Uw incassomachtiging voor {merchant}',
  mandate_heading: 'U hebt ingestemd met automatische incasso',
  mandate_opening: `{knows_account, select,
    true {{merchant} mag van uw bankrekening {account} incasseren, zoals u hebt afgesproken.}
    other {{merchant} mag van uw bankrekening incasseren, zoals u hebt afgesproken.}}`,
  mandate_words: 'Bewaar deze e-mail. Hiermee hebt u ingestemd:',
  mandate_page: 'Uw machtiging: {url}',
  mandate_kind: 'Automatische incasso',
  mandate_contact:
    'Hebt u hier niet mee ingestemd of wilt u ermee stoppen, schrijf dan naar {support_email} of meld het uw bank. {merchant} vraagt nooit per e-mail om uw bankgegevens of een wachtwoord.',
};
