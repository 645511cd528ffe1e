import type { Catalogue } from '../languages.ts';

/** Mails in Italian. */
export const mailsIt: Catalogue['mails'] = {
  opening: `{tried, select,
    card {{merchant} ha provato ad addebitare {amount} per «{description}» sulla Sua carta {method}.}
    saved_card {{merchant} ha provato ad addebitare {amount} per «{description}» sulla Sua carta salvata.}
    account {{merchant} ha provato ad addebitare {amount} per «{description}» sul Suo conto bancario {method}.}
    saved_account {{merchant} ha provato ad addebitare {amount} per «{description}» sul Suo conto bancario.}
    other {{merchant} Le chiede di pagare {amount} per «{description}».}}`,
  subject_authenticate: 'Confermi il Suo pagamento di {amount} a {merchant}',
  heading_authenticate: 'Confermi il Suo pagamento',
  why_authenticate: 'La Sua banca Le chiede di confermare che questo pagamento è Suo. Basta un minuto.',
  button_authenticate: 'Conferma {amount}',
  subject_replace: `{by, select,
    bank {Per il Suo pagamento di {amount} a {merchant} serve un altro conto o una carta}
    other {Per il Suo pagamento di {amount} a {merchant} serve un’altra carta}}`,
  heading_replace: `{by, select,
    bank {Per il Suo pagamento serve un altro conto o una carta}
    other {Per il Suo pagamento serve un’altra carta}}`,
  why_replace: `{why, select,
    declined {Non è stato possibile addebitare la carta. La preghiamo di pagare con un’altra carta.}
    unpaid {La Sua banca ha restituito l’addebito insoluto. La preghiamo di pagare da un altro conto o con una carta.}
    not_authorized {La Sua banca comunica che l’addebito non è, o non è più, autorizzato. La preghiamo di pagare da un altro conto o con una carta.}
    account {La Sua banca comunica che su questo conto non è possibile addebitare. La preghiamo di pagare da un altro conto o con una carta.}
    failed {L’addebito non è andato a buon fine. La preghiamo di pagare da un altro conto o con una carta.}
    no_account {Non è registrato alcun conto bancario sul quale {merchant} possa addebitare questo importo. La preghiamo di pagare da un altro conto o con una carta.}
    other {Non è registrata alcuna carta sulla quale {merchant} possa addebitare questo importo. La preghiamo di pagare con un’altra carta.}}`,
  button_pay: 'Paga {amount}',
  subject_reminder: 'Promemoria: il Suo pagamento di {amount} a {merchant} è ancora in sospeso',
  subject_last: `{on_expiry, select,
    keep_open {Ultimo avviso: il link per il Suo pagamento di {amount} a {merchant} scade tra poco}
    other {Ultimo avviso: il Suo pagamento di {amount} a {merchant} sta per essere annullato}}`,
  heading_last: 'Ultimo avviso per il Suo pagamento',
  subject_early: 'Il Suo pagamento di {amount} a {merchant} non è ancora andato a buon fine',
  heading_early: 'Il Suo pagamento non è ancora andato a buon fine',
  early: `{by, select,
    bank {L’importo sarà addebitato di nuovo {retry_at}. Prima di allora può anche pagare Lei, da un altro conto o con una carta.}
    other {Il prossimo tentativo sarà {retry_at}. Prima di allora può anche pagare Lei, con questa carta o con un’altra.}}`,
  button_early: 'Paga {amount} ora',
  label_card: 'Carta',
  label_account: 'Conto',
  label_document: 'Documento',
  label_dated: 'Data',
  label_to_read: 'Da leggere',
  label_until: 'Aperto fino a',
  label_next_try: 'Prossimo tentativo',
  label_new_card: 'Nuova carta',
  label_new_account: 'Nuovo conto',
  otherwise: `{ending, select,
    retry {Se non fa nulla, {merchant} riproverà con la carta {retry_at}.}
    collect {Se non fa nulla, {merchant} addebiterà di nuovo il Suo conto {retry_at}.}
    close {Se non succede nulla fino a {until}, questa richiesta termina e non Le comporta alcun addebito. {merchant} saprà che non è stato pagato e potrebbe contattarLa riguardo all’importo.}
    release {Se non succede nulla fino a {until}, il pagamento viene annullato: non Le viene addebitato nulla e non deve nulla.}
    other {Questo link funziona fino a {until}. Dopo, l’importo resta da pagare e può chiedere un nuovo link.}}`,
  subject_replaced: `{new_by, select,
    bank {È stato aggiunto un conto bancario per il Suo pagamento a {merchant}}
    other {È stata aggiunta una carta per il Suo pagamento a {merchant}}}`,
  heading_replaced: `{new_by, select,
    bank {È stato aggiunto un conto bancario per il Suo pagamento}
    other {È stata aggiunta una carta per il Suo pagamento}}`,
  replaced: `{entered, select,
    card {La carta {new_method} è stata inserita per pagare {amount} per «{description}» a {merchant}.}
    account {Il conto bancario {new_method} è stato inserito per pagare {amount} per «{description}» a {merchant}.}
    some_account {Un conto bancario è stato inserito per pagare {amount} per «{description}» a {merchant}.}
    other {Una carta è stata inserita per pagare {amount} per «{description}» a {merchant}.}}`,
  replaced_safety: 'Se è stato Lei, non deve fare nulla. Altrimenti ci avvisi subito.',
  contact: `{by, select,
    bank {Può raggiungerci anche senza link: scriva a {support_email}. {merchant} non chiede mai per e-mail le Sue coordinate bancarie né una password.}
    other {Può raggiungerci anche senza link: scriva a {support_email}. {merchant} non chiede mai per e-mail il numero della Sua carta né una password.}}`,
  several_headline: '{count} pagamenti',
  several_headline_to: 'a {merchant}',
  several_opening: `{has_total, select,
    true {{count} dei Suoi pagamenti a {merchant} sono in sospeso, in tutto {total}. Un solo link porta a tutti.}
    other {{count} dei Suoi pagamenti a {merchant} sono in sospeso. Un solo link porta a tutti.}}`,
  several_subject: `{which, select,
    last {Ultimo avviso: il tempo per i Suoi {count} pagamenti a {merchant} sta per finire}
    some_last {Ultimo avviso: il tempo per {last} dei Suoi {count} pagamenti a {merchant} sta per finire}
    early {{count} pagamenti a {merchant} non sono ancora andati a buon fine}
    other {{count} pagamenti a {merchant} richiedono il Suo intervento}}`,
  several_heading: `{which, select,
    last {Ultimo avviso per i Suoi {count} pagamenti}
    some_last {Ultimo avviso per {last} dei Suoi {count} pagamenti}
    early {{count} pagamenti non sono ancora andati a buon fine}
    other {{count} pagamenti richiedono il Suo intervento}}`,
  several_document: 'Documento {number}',
  several_more:
    '{more, plural, one {E un altro, che il link mostra.} other {E altri #, che il link mostra.}}',
  several_button: 'Vedi tutti i {count} pagamenti',
  several_keeps: 'Il link accetta questo pagamento fino a {until}. Dopo, l’importo resta da pagare.',
  several_early: `{by, select,
    bank {Non è ancora andato a buon fine. Può anche pagare Lei ora, da un altro conto o con una carta.}
    other {Non è ancora andato a buon fine. Può anche pagare Lei ora, con la stessa carta o con un’altra.}}`,
  several_authenticate: 'La Sua banca Le chiede di confermare che questo pagamento è Suo.',
  several_tried: `{tried, select,
    card {{merchant} ha provato ad addebitare la Sua carta {method}.}
    saved_card {{merchant} ha provato ad addebitare la Sua carta salvata.}
    account {{merchant} ha provato ad addebitare l’importo sul Suo conto bancario {method}.}
    other {{merchant} ha provato ad addebitare l’importo sul Suo conto bancario.}}`,
};
