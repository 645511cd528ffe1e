import type { Catalogue } from '../languages.ts';

/** The page that saves a card or a bank account for later, in Dutch. */
export const setupNl: Catalogue['setup'] = {
  to_accept_heading: `{saves, select,
    bank {Een bankrekening opslaan voor later}
    any {Een betaalwijze opslaan voor later}
    other {Een kaart opslaan voor later}}`,
  to_accept_lead: `{saves, select,
    bank {{merchant} vraagt een bankrekening van u te bewaren. Lees alstublieft wanneer en hoe daarvan mag worden geïncasseerd.}
    any {{merchant} vraagt een kaart of bankrekening van u te bewaren. Lees alstublieft wanneer en hoe daarvan mag worden afgeschreven.}
    other {{merchant} vraagt een kaart van u te bewaren. Lees alstublieft wanneer en hoe daarvan mag worden afgeschreven.}}`,
  missing_heading: 'Uw toestemming ontbreekt nog',
  missing_lead: `{has_account, select,
    true {{method} is opgeslagen, maar {merchant} mag er niets van incasseren voordat u akkoord gaat.}
    other {{method} is opgeslagen, maar {merchant} mag er niets van afschrijven voordat u akkoord gaat.}}`,
  to_save_heading: `{saves, select,
    bank {Voer nu uw bankrekening in}
    any {Voer nu in hoe u betaalt}
    other {Voer nu uw kaart in}}`,
  to_save_lead: `{saves, select,
    bank {U bent akkoord gegaan. Er is nog geen bankrekening opgeslagen.}
    any {U bent akkoord gegaan. Er is nog niets opgeslagen.}
    other {U bent akkoord gegaan. Er is nog geen kaart opgeslagen.}}`,
  processing_heading: `{saves, select,
    bank {We controleren uw bankrekening}
    any {We controleren wat u hebt ingevoerd}
    other {We controleren uw kaart}}`,
  processing_nothing_to_do: 'U hoeft nu niets te doen.',
  processing_again: `{looks_again, select,
    true {Deze pagina kijkt vanzelf opnieuw.}
    other {Open de link later opnieuw om te zien hoe het ervoor staat.}}`,
  saved_heading: `{saves, select,
    bank {Uw bankrekening is opgeslagen}
    any {Dat is opgeslagen}
    other {Uw kaart is opgeslagen}}`,
  saved_lead: `{saves, select,
    bank {{merchant} kan ervan incasseren zoals u hebt afgesproken. Door het opslaan is er niets geïncasseerd.}
    other {{merchant} kan ervan afschrijven zoals u hebt afgesproken. Door het opslaan is er niets afgeschreven.}}`,
  not_in_use_heading: `{saves, select,
    bank {Deze bankrekening wordt niet gebruikt}
    any {Dit wordt niet gebruikt}
    other {Deze kaart wordt niet gebruikt}}`,
  not_in_use_lead: `{saves, select,
    bank {{merchant} incasseert er niets van. Als u dat verbaast, neem dan contact op met de aanbieder.}
    other {{merchant} schrijft er niets van af. Als u dat verbaast, neem dan contact op met de aanbieder.}}`,
  expired_heading: 'De tijd hiervoor is om',
  expired_lead: `{saves, select,
    bank {{merchant} incasseert door deze pagina van geen enkele rekening. Ga daarheen terug om opnieuw te beginnen.}
    any {{merchant} schrijft door deze pagina niets af. Ga daarheen terug om opnieuw te beginnen.}
    other {{merchant} schrijft door deze pagina van geen enkele kaart af. Ga daarheen terug om opnieuw te beginnen.}}`,
  canceled_heading: 'Dit is niet meer nodig',
  canceled_lead: `{saves, select,
    bank {{merchant} heeft het verzoek ingetrokken. Er is geen bankrekening opgeslagen.}
    any {{merchant} heeft het verzoek ingetrokken. Er is niets opgeslagen.}
    other {{merchant} heeft het verzoek ingetrokken. Er is geen kaart opgeslagen.}}`,
  failed_heading: `{saves, select,
    bank {Er kon geen bankrekening worden opgeslagen}
    any {Er kon niets worden opgeslagen}
    other {Er kon geen kaart worden opgeslagen}}`,
  failed_lead: `{saves, select,
    bank {Er is niets geïncasseerd. Ga terug naar {merchant} om opnieuw te beginnen, misschien met een andere rekening.}
    any {Er is niets afgeschreven. Ga terug naar {merchant} om opnieuw te beginnen.}
    other {Er is niets afgeschreven. Ga terug naar {merchant} om opnieuw te beginnen, misschien met een andere kaart.}}`,
  label_terms: 'Waarmee u akkoord gaat',
  label_frequency: 'Hoe vaak',
  label_amount_basis: 'Hoeveel',
  label_limits: 'Niet meer dan',
  label_scope: 'Wanneer',
  label_accepted: 'Akkoord gegaan op',
  label_card: 'Kaart',
  label_account: 'Rekening',
  label_until: 'Open tot',
  label_agreement: 'De overeenkomst',
  label_mandate: 'De machtiging voor automatische incasso',
  label_creditor_id: 'Incassant-ID',
  frequency: `{frequency, select,
    one_time {Eén afschrijving, één keer}
    other {Steeds opnieuw, tot u dit intrekt}}`,
  scope: `{scope, select,
    off_session {Ook wanneer u er niet bent om te bevestigen}
    other {Alleen wanneer u er bent om te bevestigen}}`,
  limit_amount: `{per, select,
    month {{amount} per maand}
    other {{amount} per keer}}`,
  limit_charges: '{count, plural, one {één afschrijving} other {# afschrijvingen}}',
  limit_until: 'tot {until}',
  accept_and_save: `{saves, select,
    bank {Akkoord en rekening invoeren}
    any {Akkoord en verder}
    other {Akkoord en kaart invoeren}}`,
  accept: 'Akkoord',
  save: `{saves, select,
    bank {Rekening invoeren}
    any {Verder}
    other {Kaart invoeren}}`,
  accept_hint: `{saves, select,
    bank {Door te klikken staat u {merchant} toe van uw rekening te incasseren zoals hier staat. Het tijdstip, uw internetadres en uw browser worden als bewijs bewaard.}
    any {Door te klikken staat u {merchant} toe af te schrijven zoals hier staat. Het tijdstip, uw internetadres en uw browser worden als bewijs bewaard.}
    other {Door te klikken staat u {merchant} toe van uw kaart af te schrijven zoals hier staat. Het tijdstip, uw internetadres en uw browser worden als bewijs bewaard.}}`,
  save_hint: `{saves, select,
    bank {U voert de rekening in op een beveiligde pagina van onze betaaldienstverlener. Er wordt nu niets geïncasseerd.}
    any {U voert uw gegevens in op een beveiligde pagina van onze betaaldienstverlener. Er wordt nu niets afgeschreven.}
    other {U voert de kaart in op een beveiligde pagina van onze betaaldienstverlener. Er wordt nu niets afgeschreven.}}`,
  withdraw: 'U kunt dit op elk moment intrekken door te schrijven naar {support_email}.',
  back: 'Terug naar {merchant}',
  not_now: 'Niet nu, terug naar {merchant}',
};
