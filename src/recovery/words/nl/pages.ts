import type { Catalogue } from '../languages.ts';

/** The page of a payment, in Dutch. */
export const pagesNl: Catalogue['pages'] = {
  to_confirm_heading: `{asks, select,
    pay_new {Uw nieuwe kaart is klaar}
    pay_new_account {Uw nieuwe rekening is klaar}
    early {Deze betaling is nog niet gelukt}
    authenticate {Bevestig deze betaling}
    account_or_card {Voor deze betaling is een andere rekening of een kaart nodig}
    other {Voor deze betaling is een andere kaart nodig}}`,
  to_confirm_new: `{new_by, select,
    bank {{new_method} is opgeslagen. Er is nog niets van geïncasseerd.}
    other {{new_method} is opgeslagen. Er is nog niets van afgeschreven.}}`,
  to_confirm_early: `{by, select,
    bank {{merchant} incasseert het bedrag op {retry_at} opnieuw van uw rekening. U kunt eerder betalen, van deze of een andere rekening, of met een kaart.}
    other {{merchant} probeert het op {retry_at} opnieuw met uw opgeslagen kaart. U kunt eerder betalen, met deze of een andere kaart.}}`,
  to_confirm_authenticate: `{was_tried, select,
    true {{merchant} probeerde af te schrijven van uw opgeslagen kaart. Uw bank wil zeker weten dat u het bent. Dat duurt een minuut.}
    other {{merchant} vraagt u {amount} te betalen. Uw bank wil zeker weten dat u het bent. Dat duurt een minuut.}}`,
  to_confirm_replace: `{why, select,
    declined {Van uw opgeslagen kaart kon niet worden afgeschreven. Betaal {merchant} alstublieft met een andere.}
    unpaid {{merchant} probeerde dit te incasseren van uw bankrekening. Uw bank heeft de incasso onbetaald teruggestuurd. Betaal alstublieft van een andere rekening of met een kaart.}
    not_authorized {{merchant} probeerde dit te incasseren van uw bankrekening. Uw bank meldt dat voor de incasso geen toestemming (meer) bestaat. Betaal alstublieft van een andere rekening of met een kaart.}
    account {{merchant} probeerde dit te incasseren van uw bankrekening. Uw bank meldt dat van deze rekening niet kan worden geïncasseerd. Betaal alstublieft van een andere rekening of met een kaart.}
    failed {{merchant} probeerde dit te incasseren van uw bankrekening. De incasso is niet gelukt. Betaal alstublieft van een andere rekening of met een kaart.}
    no_account {Er is geen bankrekening bekend waarvan {merchant} dit kan incasseren. Betaal alstublieft van een andere rekening of met een kaart.}
    other {Er is geen kaart bekend waarvan {merchant} dit kan afschrijven. Betaal alstublieft met een andere.}}`,
  at_bank_heading: 'Ga verder bij uw bank',
  at_bank_lead:
    'We hebben van uw bank nog niet gehoord dat u daar hebt bevestigd. Ga alstublieft verder waar u was gebleven.',
  paid_heading: 'Dank u, dit is betaald',
  paid_lead: `{has_others, select,
    true {{merchant} heeft {received} ontvangen. Wat er nog openstaat, vindt u hieronder.}
    other {{merchant} heeft {received} ontvangen. U kunt deze pagina sluiten.}}`,
  processing_heading: `{is_debit, select,
    true {Uw bank is om deze betaling gevraagd}
    other {We controleren uw betaling}}`,
  processing_nothing_to_do: 'U hoeft nu niets te doen. Betaal alstublieft niet een tweede keer.',
  processing_again: `{looks_again, select,
    true {Deze pagina kijkt vanzelf opnieuw.}
    other {Kijk later nog eens hoe het ervoor staat, of open de link in onze e-mail opnieuw.}}`,
  processing_debit: `{has_day, select,
    true {{merchant} incasseert {amount} per automatische incasso. Het geld gaat op {collects_on} van uw rekening, en we verwachten op {expected_on} te weten of het is aangekomen. De incasso kan niet meer worden geannuleerd.}
    other {{merchant} incasseert {amount} per automatische incasso. Banken hebben daar enkele werkdagen voor nodig, en annuleren kan niet meer.}}`,
  processing_debit_again:
    'Open de link in onze e-mail op een andere dag opnieuw om te zien hoe het ervoor staat.',
  expired_heading: 'De tijd voor deze betaling is om',
  expired_uncharged: 'Er is niets van u afgeschreven.',
  expired_lead: `{on_expiry, select,
    close {Dit verzoek is beëindigd, en {merchant} kan contact met u opnemen over het bedrag.}
    release {Dit verzoek is beëindigd, en u bent niets verschuldigd.}
    other {Het bedrag staat nog steeds open. Vraag een nieuwe link om het te betalen.}}`,
  canceled_heading: `{is_proven, select,
    true {Deze betaling is geannuleerd}
    other {Dit verzoek is beëindigd}}`,
  canceled_lead: `{is_proven, select,
    true {Er is niets van u afgeschreven, en u hoeft niets te doen.}
    other {Hier valt niets te doen. Neem alstublieft contact op met {merchant} over deze betaling.}}`,
  failed_try_heading: 'Dat is niet gelukt',
  failed_try_lead: 'Er is niets van u afgeschreven. U kunt het hieronder nog eens proberen.',
  unfinished_heading: 'Dat is niet afgerond',
  unfinished_lead:
    'We hebben niet gehoord dat het is gelukt. U kunt het hieronder nog eens proberen: u betaalt {amount} één keer.',
  ask_merchant_heading: 'Dit kan hier niet worden betaald',
  ask_merchant_lead: 'Geen knop zou hier nu helpen. Schrijf alstublieft {merchant} over deze betaling.',
  label_bill: 'Uw betaling',
  label_card: 'Kaart',
  label_account: 'Rekening',
  label_document: 'Document',
  label_dated: 'Van',
  label_read_document: 'Het document lezen',
  fresh_mail: 'Stuur mij een nieuwe link',
  confirm: 'Bevestigen bij uw bank',
  pay_now: '{amount} nu betalen',
  continue_at_bank: 'Verder bij uw bank',
  pay: '{amount} betalen',
  pay_with: '{amount} betalen met {short}',
  pay_from: '{amount} betalen van {short}',
  saved_hint: 'Deze kaart is al bekend: u hoeft niets in te voeren. U betaalt {amount} één keer.',
  press_hint:
    'Uw bank toont misschien een eigen pagina en brengt u daarna hier terug. U betaalt {amount} één keer.',
  debit_hint: 'Uw bank wordt om {amount} gevraagd, één keer. Dat duurt enkele werkdagen.',
  replace: `{by, select,
    bank {Een andere rekening of een kaart gebruiken}
    other {Een andere kaart gebruiken}}`,
  replace_again: `{by, select,
    bank {Toch een andere rekening of kaart gebruiken}
    other {Toch een andere kaart gebruiken}}`,
  accept_amount: `{by, select,
    bank {U voert de rekening of kaart in op een beveiligde pagina van onze betaaldienstverlener. Door verder te gaan stemt u ermee in dat {merchant} daarvan {amount} afschrijft, één keer.}
    other {U voert de kaart in op een beveiligde pagina van onze betaaldienstverlener. Door verder te gaan stemt u ermee in dat {merchant} daarvan {amount} afschrijft, één keer.}}`,
  replace_refused: `{by, select,
    bank {Een andere rekening of kaart kan hier nu niet worden toegevoegd. Schrijf alstublieft {merchant} als u die nodig hebt.}
    other {Een andere kaart kan hier nu niet worden toegevoegd. Schrijf alstublieft {merchant} als u die nodig hebt.}}`,
  check_again: 'Opnieuw kijken',
  also_open: '{count, plural, one {Er staat nog één rekening open} other {Er staan nog # rekeningen open}}',
  and_more: 'Er staan nog meer open. Die verschijnen hier zodra deze zijn betaald.',
  future_use: `{by, select,
    bank {{merchant} mag latere rekeningen van deze bankrekening incasseren wanneer ik er niet ben om te bevestigen. Ik kan dit op elk moment intrekken door te schrijven naar {support_email}.}
    other {{merchant} mag latere rekeningen van deze kaart afschrijven wanneer ik er niet ben om te bevestigen. Ik kan dit op elk moment intrekken door te schrijven naar {support_email}.}}`,
  questions: 'Vragen? Schrijf naar {merchant}:',
  safe: 'Kaartnummers voert u alleen bij onze betaaldienstverlener in, nooit op deze pagina.',
  safe_bank:
    'Bankgegevens en kaartnummers voert u alleen bij onze betaaldienstverlener in, nooit op deze pagina.',
  unknown_card: 'Kaart',
};
