import { englishMandates } from '../english-mandates.ts';

/** What a mandate for direct debits says, in German: a scheme's own words where it has them in this language. */
export const mandatesDe = {
  ...englishMandates,
  heading: 'Das Mandat',
  service_agreement: 'Vereinbarung lesen',
  sepa_debit:
    'Indem Sie auf die Schaltfläche drücken und Ihre Bankverbindung angeben, ermächtigen Sie (A) {creditor} und Stripe, unseren Zahlungsdienstleister, Ihrem Kreditinstitut Weisungen zur Belastung Ihres Kontos zu erteilen, und (B) Ihr Kreditinstitut, Ihr Konto gemäß diesen Weisungen zu belasten. Zu Ihren Rechten zählt der Anspruch auf Erstattung durch Ihr Kreditinstitut gemäß den Bedingungen Ihres Vertrags mit diesem. Eine Erstattung muss innerhalb von 8 Wochen ab dem Tag verlangt werden, an dem Ihr Konto belastet wurde. Ihre Rechte werden in einer Mitteilung erläutert, die Sie von Ihrem Kreditinstitut erhalten können. {days, plural, one {Sie sind damit einverstanden, künftige Lastschriften bis zu # Tag vor der Belastung angekündigt zu bekommen.} other {Sie sind damit einverstanden, künftige Lastschriften bis zu # Tage vor der Belastung angekündigt zu bekommen.}}',
  english_binds:
    'Kurz gesagt: {creditor} darf fällige Beträge per Lastschrift einziehen und kündigt Ihnen jeden Einzug an. Verbindlich ist der englische Wortlaut des Verfahrens:',
};
