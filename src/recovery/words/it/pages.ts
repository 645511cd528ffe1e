import type { Catalogue } from '../languages.ts';

/** The page of a payment, in Italian. */
export const pagesIt: Catalogue['pages'] = {
  to_confirm_heading: `{asks, select,
    pay_new {La Sua nuova carta è pronta}
    pay_new_account {Il Suo nuovo conto è pronto}
    early {Questo pagamento non è ancora andato a buon fine}
    authenticate {Confermi questo pagamento}
    account_or_card {Per questo pagamento serve un altro conto o una carta}
    other {Per questo pagamento serve un’altra carta}}`,
  to_confirm_new: `{new_by, select,
    bank {Il conto {new_method} è stato salvato. Non vi è stato ancora addebitato nulla.}
    other {La carta {new_method} è stata salvata. Non vi è stato ancora addebitato nulla.}}`,
  to_confirm_early: `{by, select,
    bank {{merchant} addebiterà di nuovo il Suo conto {retry_at}. Può pagare prima, da questo conto o da un altro, oppure con una carta.}
    other {{merchant} riproverà con la Sua carta salvata {retry_at}. Può pagare prima, con questa carta o con un’altra.}}`,
  to_confirm_authenticate: `{was_tried, select,
    true {{merchant} ha provato ad addebitare la Sua carta salvata. La Sua banca vuole essere certa che sia Lei. Basta un minuto.}
    other {{merchant} Le chiede di pagare {amount}. La Sua banca vuole essere certa che sia Lei. Basta un minuto.}}`,
  to_confirm_replace: `{why, select,
    declined {Non è stato possibile addebitare la Sua carta salvata. La preghiamo di pagare {merchant} con un’altra.}
    unpaid {{merchant} ha provato ad addebitare questo importo sul Suo conto bancario. La Sua banca ha restituito l’addebito insoluto. La preghiamo di pagare da un altro conto o con una carta.}
    not_authorized {{merchant} ha provato ad addebitare questo importo sul Suo conto bancario. La Sua banca comunica che l’addebito non è, o non è più, autorizzato. La preghiamo di pagare da un altro conto o con una carta.}
    account {{merchant} ha provato ad addebitare questo importo sul Suo conto bancario. La Sua banca comunica che su questo conto non è possibile addebitare. La preghiamo di pagare da un altro conto o con una carta.}
    failed {{merchant} ha provato ad addebitare questo importo sul Suo conto bancario. L’addebito non è andato a buon fine. La preghiamo di pagare da un altro conto o con una carta.}
    no_account {Non è registrato alcun conto bancario sul quale {merchant} possa addebitare questo importo. La preghiamo di pagare da un altro conto o con una carta.}
    other {Non è registrata alcuna carta sulla quale {merchant} possa addebitare questo importo. La preghiamo di pagare con un’altra.}}`,
  at_bank_heading: 'Prosegua presso la Sua banca',
  at_bank_lead:
    'La Sua banca non ci ha ancora comunicato che ha confermato. La preghiamo di riprendere da dove si era interrotto.',
  paid_heading: 'Grazie, il pagamento è fatto',
  paid_lead: `{has_others, select,
    true {{merchant} ha ricevuto {received}. Quanto resta in sospeso è qui sotto.}
    other {{merchant} ha ricevuto {received}. Può chiudere questa pagina.}}`,
  processing_heading: `{is_debit, select,
    true {Questo pagamento è stato chiesto alla Sua banca}
    other {Stiamo verificando il Suo pagamento}}`,
  processing_nothing_to_do: 'Per ora non deve fare nulla. La preghiamo di non pagare una seconda volta.',
  processing_again: `{looks_again, select,
    true {Questa pagina si aggiorna da sola.}
    other {Per sapere a che punto è, guardi di nuovo più tardi o riapra il link nella nostra e-mail.}}`,
  processing_debit: `{has_day, select,
    true {{merchant} incassa {amount} con addebito diretto. La data in cui il denaro lascia il Suo conto: {collects_on}; la data in cui prevediamo di sapere se è arrivato: {expected_on}. L’addebito non può più essere annullato.}
    other {{merchant} incassa {amount} con addebito diretto. Alle banche servono alcuni giorni lavorativi, e non è più possibile annullarlo.}}`,
  processing_debit_again: 'Per sapere a che punto è, riapra il link nella nostra e-mail in un altro giorno.',
  expired_heading: 'Il tempo per questo pagamento è scaduto',
  expired_uncharged: 'Non Le è stato addebitato nulla.',
  expired_lead: `{on_expiry, select,
    close {Questa richiesta è terminata, e {merchant} potrebbe contattarLa riguardo all’importo.}
    release {Questa richiesta è terminata, e non deve nulla.}
    other {L’importo resta da pagare. Per pagarlo, chieda un nuovo link.}}`,
  canceled_heading: `{is_proven, select,
    true {Questo pagamento è stato annullato}
    other {Questa richiesta è terminata}}`,
  canceled_lead: `{is_proven, select,
    true {Non Le è stato addebitato nulla, e non deve fare nulla.}
    other {Qui non c’è nulla da fare. La preghiamo di contattare {merchant} riguardo a questo pagamento.}}`,
  failed_try_heading: 'Non è andato a buon fine',
  failed_try_lead: 'Non Le è stato addebitato nulla. Può riprovare qui sotto.',
  unfinished_heading: 'Il pagamento non è stato completato',
  unfinished_lead:
    'Non ci risulta che sia andato a buon fine. Può riprovare qui sotto: paga {amount} una sola volta.',
  ask_merchant_heading: 'Questo non si può pagare qui',
  ask_merchant_lead:
    'Nessun pulsante qui sarebbe ora di aiuto. La preghiamo di scrivere a {merchant} riguardo a questo pagamento.',
  label_bill: 'Il Suo pagamento',
  label_card: 'Carta',
  label_account: 'Conto',
  label_document: 'Documento',
  label_dated: 'Data',
  label_read_document: 'Leggi il documento',
  fresh_mail: 'Inviami un nuovo link',
  confirm: 'Conferma presso la banca',
  pay_now: 'Paga {amount} ora',
  continue_at_bank: 'Prosegui presso la banca',
  pay: 'Paga {amount}',
  pay_with: 'Paga {amount} con {short}',
  pay_from: 'Paga {amount} da {short}',
  saved_hint: 'Questa carta è già registrata: non deve inserire nulla. Paga {amount} una sola volta.',
  press_hint:
    'La Sua banca potrebbe mostrare una pagina propria e poi riportarLa qui. Paga {amount} una sola volta.',
  debit_hint: 'Alla Sua banca vengono chiesti {amount}, una sola volta. Servono alcuni giorni lavorativi.',
  replace: `{by, select,
    bank {Usa un altro conto o una carta}
    other {Usa un’altra carta}}`,
  replace_again: `{by, select,
    bank {Usa un conto o una carta diversi}
    other {Usa una carta diversa}}`,
  accept_amount: `{by, select,
    bank {Inserisce il conto o la carta su una pagina sicura del nostro fornitore di servizi di pagamento. Proseguendo accetta che {merchant} vi addebiti {amount}, una sola volta.}
    other {Inserisce la carta su una pagina sicura del nostro fornitore di servizi di pagamento. Proseguendo accetta che {merchant} vi addebiti {amount}, una sola volta.}}`,
  replace_refused: `{by, select,
    bank {Per ora non è possibile aggiungere qui un altro conto o una carta. Se Le serve, scriva a {merchant}.}
    other {Per ora non è possibile aggiungere qui un’altra carta. Se Le serve, scriva a {merchant}.}}`,
  check_again: 'Verifica di nuovo',
  also_open:
    '{count, plural, one {C’è un’altra fattura in sospeso} other {Ci sono altre # fatture in sospeso}}',
  and_more: 'Ce ne sono altre in sospeso. Appariranno qui man mano che queste saranno pagate.',
  future_use: `{by, select,
    bank {{merchant} può addebitare su questo conto fatture successive quando non sono presente per confermare. Posso revocarlo in qualsiasi momento scrivendo a {support_email}.}
    other {{merchant} può addebitare su questa carta fatture successive quando non sono presente per confermare. Posso revocarlo in qualsiasi momento scrivendo a {support_email}.}}`,
  questions: 'Domande? Scriva a {merchant}:',
  safe: 'I numeri di carta si inseriscono solo presso il nostro fornitore di servizi di pagamento, mai su questa pagina.',
  safe_bank:
    'Le coordinate bancarie e i numeri di carta si inseriscono solo presso il nostro fornitore di servizi di pagamento, mai su questa pagina.',
  unknown_card: 'Carta',
};
