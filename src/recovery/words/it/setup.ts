import type { Catalogue } from '../languages.ts';

/** The page that saves a card or a bank account for later, in Italian. */
export const setupIt: Catalogue['setup'] = {
  to_accept_heading: `{saves, select,
    bank {Salvare un conto bancario per il futuro}
    any {Salvare un metodo di pagamento per il futuro}
    other {Salvare una carta per il futuro}}`,
  to_accept_lead: `{saves, select,
    bank {{merchant} chiede di registrare un Suo conto bancario. La preghiamo di leggere quando e come può essere addebitato.}
    any {{merchant} chiede di registrare una Sua carta o un Suo conto bancario. La preghiamo di leggere quando e come possono essere addebitati.}
    other {{merchant} chiede di registrare una Sua carta. La preghiamo di leggere quando e come può essere addebitata.}}`,
  missing_heading: 'Manca ancora il Suo consenso',
  missing_lead: `{has_account, select,
    true {Il conto {method} è salvato, ma {merchant} non può addebitarlo prima del Suo consenso.}
    other {La carta {method} è salvata, ma {merchant} non può addebitarla prima del Suo consenso.}}`,
  to_save_heading: `{saves, select,
    bank {Ora inserisca il Suo conto bancario}
    any {Ora inserisca il Suo metodo di pagamento}
    other {Ora inserisca la Sua carta}}`,
  to_save_lead: `{saves, select,
    bank {Ha dato il Suo consenso. Nessun conto bancario è ancora salvato.}
    any {Ha dato il Suo consenso. Nulla è ancora salvato.}
    other {Ha dato il Suo consenso. Nessuna carta è ancora salvata.}}`,
  processing_heading: `{saves, select,
    bank {Stiamo verificando il Suo conto bancario}
    any {Stiamo verificando quanto ha inserito}
    other {Stiamo verificando la Sua carta}}`,
  processing_nothing_to_do: 'Per ora non deve fare nulla.',
  processing_again: `{looks_again, select,
    true {Questa pagina si aggiorna da sola.}
    other {Per sapere a che punto è, riapra il link più tardi.}}`,
  saved_heading: `{saves, select,
    bank {Il Suo conto bancario è salvato}
    any {Salvato}
    other {La Sua carta è salvata}}`,
  saved_lead: `{saves, select,
    bank {{merchant} può addebitarlo come ha concordato. Il salvataggio non ha comportato alcun addebito.}
    other {{merchant} può addebitare come ha concordato. Il salvataggio non ha comportato alcun addebito.}}`,
  not_in_use_heading: `{saves, select,
    bank {Questo conto bancario non è in uso}
    any {Questo metodo di pagamento non è in uso}
    other {Questa carta non è in uso}}`,
  not_in_use_lead: `{saves, select,
    bank {{merchant} non lo addebita. Se questo La sorprende, contatti l’esercente.}
    other {{merchant} non addebita nulla. Se questo La sorprende, contatti l’esercente.}}`,
  expired_heading: 'Il tempo è scaduto',
  expired_lead: `{saves, select,
    bank {{merchant} non addebita alcun conto per via di questa pagina. Vi torni per ricominciare.}
    any {{merchant} non addebita nulla per via di questa pagina. Vi torni per ricominciare.}
    other {{merchant} non addebita alcuna carta per via di questa pagina. Vi torni per ricominciare.}}`,
  canceled_heading: 'Non serve più',
  canceled_lead: `{saves, select,
    bank {{merchant} ha ritirato la richiesta. Nessun conto bancario è stato salvato.}
    any {{merchant} ha ritirato la richiesta. Non è stato salvato nulla.}
    other {{merchant} ha ritirato la richiesta. Nessuna carta è stata salvata.}}`,
  failed_heading: `{saves, select,
    bank {Non è stato possibile salvare alcun conto bancario}
    any {Non è stato possibile salvare nulla}
    other {Non è stato possibile salvare alcuna carta}}`,
  failed_lead: `{saves, select,
    bank {Non è stato addebitato nulla. Torni da {merchant} per ricominciare, magari con un altro conto.}
    any {Non è stato addebitato nulla. Torni da {merchant} per ricominciare.}
    other {Non è stato addebitato nulla. Torni da {merchant} per ricominciare, magari con un’altra carta.}}`,
  label_terms: 'Che cosa accetta',
  label_frequency: 'Quante volte',
  label_amount_basis: 'Quanto',
  label_limits: 'Al massimo',
  label_scope: 'Quando',
  label_accepted: 'Ha accettato',
  label_card: 'Carta',
  label_account: 'Conto',
  label_until: 'Aperto fino a',
  label_agreement: 'L’accordo',
  label_mandate: 'Il mandato per addebito diretto',
  label_creditor_id: 'Codice identificativo del creditore',
  frequency: `{frequency, select,
    one_time {Un addebito, una sola volta}
    other {Più volte, fino alla Sua revoca}}`,
  scope: `{scope, select,
    off_session {Anche quando non è presente per confermare}
    other {Solo mentre è presente per confermare}}`,
  limit_amount: `{per, select,
    month {{amount} al mese}
    other {{amount} ogni volta}}`,
  limit_charges: '{count, plural, one {un addebito} other {# addebiti}}',
  limit_until: 'fino a {until}',
  accept_and_save: `{saves, select,
    bank {Accetta e inserisci il conto}
    any {Accetta e prosegui}
    other {Accetta e inserisci la carta}}`,
  accept: 'Accetta',
  save: `{saves, select,
    bank {Inserisci il conto}
    any {Prosegui}
    other {Inserisci la carta}}`,
  accept_hint: `{saves, select,
    bank {Premendo autorizza {merchant} ad addebitare il Suo conto come scritto qui. L’ora, il Suo indirizzo internet e il Suo browser vengono conservati come prova.}
    any {Premendo autorizza {merchant} ad addebitarLe come scritto qui. L’ora, il Suo indirizzo internet e il Suo browser vengono conservati come prova.}
    other {Premendo autorizza {merchant} ad addebitare la Sua carta come scritto qui. L’ora, il Suo indirizzo internet e il Suo browser vengono conservati come prova.}}`,
  save_hint: `{saves, select,
    bank {Inserisce il conto su una pagina sicura del nostro fornitore di servizi di pagamento. Ora non viene addebitato nulla.}
    any {Inserisce i dati su una pagina sicura del nostro fornitore di servizi di pagamento. Ora non viene addebitato nulla.}
    other {Inserisce la carta su una pagina sicura del nostro fornitore di servizi di pagamento. Ora non viene addebitato nulla.}}`,
  withdraw: 'Può revocarlo in qualsiasi momento scrivendo a {support_email}.',
  back: 'Torna a {merchant}',
  not_now: 'Non ora, torna a {merchant}',
};
