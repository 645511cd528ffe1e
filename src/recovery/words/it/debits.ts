import type { Catalogue } from '../languages.ts';

/** What is said of a debit before it is collected, in Italian. */
export const debitsIt: Catalogue['debits'] = {
  notice_subject: '{merchant} addebiterà {amount} sul Suo conto bancario il {day}',
  notice_heading: '{amount} saranno addebitati il {day}',
  notice_opening: `{knows_account, select,
    true {{merchant} addebiterà {amount} per «{description}» con addebito diretto sul Suo conto bancario {account} il {day}.}
    other {{merchant} addebiterà {amount} per «{description}» con addebito diretto sul Suo conto bancario il {day}.}}`,
  notice_changed: `{is_changed, select,
    true {L’importo o la data sono cambiati: questo avviso sostituisce il precedente.}
    other {La preghiamo di verificare che quel giorno sul conto ci sia denaro sufficiente. Non deve fare altro.}}`,
  notice_label_amount: 'Importo',
  notice_label_day: 'Data dell’addebito',
  notice_label_account: 'Conto',
  notice_label_mandate: 'Riferimento del mandato',
  notice_label_creditor: 'Creditore',
  notice_label_creditor_id: 'Codice identificativo del creditore',
  notice_contact:
    'Se qualcosa non è corretto, scriva a {support_email} prima di quella data. {merchant} non chiede mai per e-mail le Sue coordinate bancarie né una password.',
  mandate_subject: 'Il Suo accordo di addebito diretto con {merchant}',
  mandate_heading: 'Ha accettato addebiti diretti',
  mandate_opening: `{knows_account, select,
    true {{merchant} può incassare dal Suo conto bancario {account} con addebito diretto, come concordato.}
    other {{merchant} può incassare dal Suo conto bancario con addebito diretto, come concordato.}}`,
  mandate_words: 'Conservi questa e-mail. Ecco che cosa ha accettato:',
  mandate_page: 'Il Suo mandato: {url}',
  mandate_kind: 'Addebito diretto',
  mandate_contact:
    'Se non ha dato questo consenso o vuole revocarlo, scriva a {support_email} o lo comunichi alla Sua banca. {merchant} non chiede mai per e-mail le Sue coordinate bancarie né una password.',
};
