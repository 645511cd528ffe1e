import { englishMandates } from '../english-mandates.ts';

/** What a mandate for direct debits says, in Dutch: a scheme's own words where it has them in this language. */
export const mandatesNl = {
  ...englishMandates,
  heading: 'Het mandaat',
  service_agreement: 'De overeenkomst lezen',
  sepa_debit:
    'Door op de knop te drukken en uw bankgegevens op te geven, geeft u toestemming aan (A) {creditor} en Stripe, onze betalingsdienstverlener, om incasso-opdrachten naar uw bank te sturen om een bedrag van uw rekening af te schrijven en (B) uw bank om een bedrag van uw rekening af te schrijven overeenkomstig deze opdrachten. U heeft recht op terugbetaling door uw bank volgens de voorwaarden van uw overeenkomst met uw bank. U moet de terugbetaling aanvragen binnen 8 weken na de datum waarop het bedrag van uw rekening is afgeschreven. Uw rechten worden toegelicht in een verklaring die u bij uw bank kunt opvragen. {days, plural, one {U gaat ermee akkoord dat u toekomstige afschrijvingen tot # dag van tevoren aangekondigd krijgt.} other {U gaat ermee akkoord dat u toekomstige afschrijvingen tot # dagen van tevoren aangekondigd krijgt.}}',
  english_binds:
    'Kort gezegd: {creditor} mag verschuldigde bedragen automatisch incasseren en kondigt elke incasso aan. Alleen de Engelse tekst van het betaalsysteem is bindend:',
};
