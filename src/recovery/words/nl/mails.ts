import type { Catalogue } from '../languages.ts';

/** Mails in Dutch. */
export const mailsNl: Catalogue['mails'] = {
  opening: `{tried, select,
    card {{merchant} probeerde {amount} voor ‘{description}’ af te schrijven van uw kaart {method}.}
    saved_card {{merchant} probeerde {amount} voor ‘{description}’ af te schrijven van uw opgeslagen kaart.}
    account {{merchant} probeerde {amount} voor ‘{description}’ te incasseren van uw bankrekening {method}.}
    saved_account {{merchant} probeerde {amount} voor ‘{description}’ te incasseren van uw bankrekening.}
    other {{merchant} vraagt u {amount} te betalen voor ‘{description}’.}}`,
  subject_authenticate: 'Bevestig uw betaling van {amount} aan {merchant}',
  heading_authenticate: 'Bevestig uw betaling',
  why_authenticate: 'Uw bank vraagt u te bevestigen dat deze betaling van u is. Dat duurt een minuut.',
  button_authenticate: '{amount} bevestigen',
  subject_replace: `{by, select,
    bank {Voor uw betaling van {amount} aan {merchant} is een andere rekening of een kaart nodig}
    other {Voor uw betaling van {amount} aan {merchant} is een andere kaart nodig}}`,
  heading_replace: `{by, select,
    bank {Voor uw betaling is een andere rekening of een kaart nodig}
    other {Voor uw betaling is een andere kaart nodig}}`,
  why_replace: `{why, select,
    declined {Van de kaart kon niet worden afgeschreven. Betaal alstublieft met een andere kaart.}
    unpaid {Uw bank heeft de incasso onbetaald teruggestuurd. Betaal alstublieft van een andere rekening of met een kaart.}
    not_authorized {Uw bank meldt dat voor de incasso geen toestemming (meer) bestaat. Betaal alstublieft van een andere rekening of met een kaart.}
    account {Uw bank meldt dat van deze rekening niet kan worden geïncasseerd. Betaal alstublieft van een andere rekening of met een kaart.}
    failed {De incasso is niet gelukt. Betaal alstublieft van een andere rekening of met een kaart.}
    no_account {Er is geen bankrekening bekend waarvan {merchant} dit kan incasseren. Betaal alstublieft van een andere rekening of met een kaart.}
    other {Er is geen kaart bekend waarvan {merchant} dit kan afschrijven. Betaal alstublieft met een andere kaart.}}`,
  button_pay: '{amount} betalen',
  subject_reminder: 'Herinnering: uw betaling van {amount} aan {merchant} staat nog open',
  subject_last: `{on_expiry, select,
    keep_open {Laatste oproep: de link voor uw betaling van {amount} aan {merchant} verloopt binnenkort}
    other {Laatste oproep: uw betaling van {amount} aan {merchant} wordt binnenkort geannuleerd}}`,
  heading_last: 'Laatste oproep voor uw betaling',
  subject_early: 'Uw betaling van {amount} aan {merchant} is nog niet gelukt',
  heading_early: 'Uw betaling is nog niet gelukt',
  early: `{by, select,
    bank {Het bedrag wordt opnieuw geïncasseerd op {retry_at}. U kunt ook eerder zelf betalen, van een andere rekening of met een kaart.}
    other {De volgende poging is op {retry_at}. U kunt ook eerder zelf betalen, met deze of een andere kaart.}}`,
  button_early: '{amount} nu betalen',
  label_card: 'Kaart',
  label_account: 'Rekening',
  label_document: 'Document',
  label_dated: 'Van',
  label_to_read: 'Om te lezen',
  label_until: 'Open tot',
  label_next_try: 'Volgende poging',
  label_new_card: 'Nieuwe kaart',
  label_new_account: 'Nieuwe rekening',
  otherwise: `{ending, select,
    retry {Als u niets doet, probeert {merchant} het op {retry_at} opnieuw met de kaart.}
    collect {Als u niets doet, incasseert {merchant} het bedrag op {retry_at} opnieuw van uw rekening.}
    close {Als er tot {until} niets gebeurt, eindigt dit verzoek en wordt er hierdoor niets van u afgeschreven. {merchant} hoort dat er niet is betaald en kan contact met u opnemen over het bedrag.}
    release {Als er tot {until} niets gebeurt, wordt de betaling geannuleerd: er wordt niets van u afgeschreven en u bent niets verschuldigd.}
    other {Deze link werkt tot {until}. Daarna staat het bedrag nog steeds open en kunt u een nieuwe link vragen.}}`,
  subject_replaced: `{new_by, select,
    bank {Er is een bankrekening toegevoegd voor uw betaling aan {merchant}}
    other {Er is een kaart toegevoegd voor uw betaling aan {merchant}}}`,
  heading_replaced: `{new_by, select,
    bank {Er is een bankrekening toegevoegd voor uw betaling}
    other {Er is een kaart toegevoegd voor uw betaling}}`,
  replaced: `{entered, select,
    card {{new_method} is ingevoerd om {amount} voor ‘{description}’ aan {merchant} te betalen.}
    account {De bankrekening {new_method} is ingevoerd om {amount} voor ‘{description}’ aan {merchant} te betalen.}
    some_account {Er is een bankrekening ingevoerd om {amount} voor ‘{description}’ aan {merchant} te betalen.}
    other {Er is een kaart ingevoerd om {amount} voor ‘{description}’ aan {merchant} te betalen.}}`,
  replaced_safety: 'Als u dat was, hoeft u niets te doen. Zo niet, laat het ons dan meteen weten.',
  contact: `{by, select,
    bank {U kunt ons ook zonder link bereiken: schrijf naar {support_email}. {merchant} vraagt nooit per e-mail om uw bankgegevens of een wachtwoord.}
    other {U kunt ons ook zonder link bereiken: schrijf naar {support_email}. {merchant} vraagt nooit per e-mail om uw kaartnummer of een wachtwoord.}}`,
  several_headline: '{count} betalingen',
  several_headline_to: 'aan {merchant}',
  several_opening: `{has_total, select,
    true {{count} van uw betalingen aan {merchant} staan open, samen {total}. Eén link leidt naar allemaal.}
    other {{count} van uw betalingen aan {merchant} staan open. Eén link leidt naar allemaal.}}`,
  several_subject: `{which, select,
    last {Laatste oproep: de tijd voor uw {count} betalingen aan {merchant} is bijna om}
    some_last {Laatste oproep: de tijd voor {last} van uw {count} betalingen aan {merchant} is bijna om}
    early {{count} betalingen aan {merchant} zijn nog niet gelukt}
    other {{count} betalingen aan {merchant} wachten op u}}`,
  several_heading: `{which, select,
    last {Laatste oproep voor uw {count} betalingen}
    some_last {Laatste oproep voor {last} van uw {count} betalingen}
    early {{count} betalingen zijn nog niet gelukt}
    other {{count} betalingen wachten op u}}`,
  several_document: 'Document {number}',
  several_more:
    '{more, plural, one {En nog één, die de link laat zien.} other {En nog #, die de link laat zien.}}',
  several_button: 'Alle {count} betalingen bekijken',
  several_keeps: 'Via de link kunt u dit tot {until} betalen. Daarna staat het bedrag nog steeds open.',
  several_early: `{by, select,
    bank {Het is nog niet gelukt. U kunt ook nu zelf betalen, van een andere rekening of met een kaart.}
    other {Het is nog niet gelukt. U kunt ook nu zelf betalen, met dezelfde of een andere kaart.}}`,
  several_authenticate: 'Uw bank vraagt u te bevestigen dat deze betaling van u is.',
  several_tried: `{tried, select,
    card {{merchant} probeerde af te schrijven van uw kaart {method}.}
    saved_card {{merchant} probeerde af te schrijven van uw opgeslagen kaart.}
    account {{merchant} probeerde het bedrag te incasseren van uw bankrekening {method}.}
    other {{merchant} probeerde het bedrag te incasseren van uw bankrekening.}}`,
};
