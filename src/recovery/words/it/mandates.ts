import { englishMandates } from '../english-mandates.ts';

/** What a mandate for direct debits says, in Italian: a scheme's own words where it has them in this language. */
export const mandatesIt = {
  ...englishMandates,
  heading: 'Il mandato',
  service_agreement: 'Leggere il contratto',
  sepa_debit:
    'Premendo il pulsante e fornendo le Sue coordinate bancarie, Lei autorizza (A) {creditor} e Stripe, il nostro prestatore di servizi di pagamento, a inviare alla Sua banca istruzioni per addebitare il Suo conto e (B) la Sua banca ad addebitare il Suo conto conformemente a tali istruzioni. Tra i Suoi diritti vi è quello di ottenere un rimborso dalla Sua banca secondo i termini e le condizioni del contratto stipulato con essa. Il rimborso va richiesto entro 8 settimane a decorrere dalla data di addebito sul Suo conto. I Suoi diritti sono illustrati in un documento che può ottenere dalla Sua banca. {days, plural, one {Lei accetta di ricevere avviso degli addebiti futuri fino a # giorno prima della loro esecuzione.} other {Lei accetta di ricevere avviso degli addebiti futuri fino a # giorni prima della loro esecuzione.}}',
  english_binds:
    'In breve: {creditor} può addebitare gli importi dovuti e La avvisa di ogni addebito. Fa fede il testo inglese del sistema di pagamento:',
};
