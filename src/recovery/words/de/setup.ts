import type { Catalogue } from '../languages.ts';

/** The page that saves a card or a bank account for later, in German. */
export const setupDe: Catalogue['setup'] = {
  to_accept_heading: `{saves, select,
    bank {Bankkonto für später hinterlegen}
    any {Zahlungsart für später hinterlegen}
    other {Karte für später hinterlegen}}`,
  to_accept_lead: `{saves, select,
    bank {{merchant} möchte ein Bankkonto von Ihnen hinterlegen. Bitte lesen Sie, wann und wie davon eingezogen werden darf.}
    any {{merchant} möchte eine Karte oder ein Bankkonto von Ihnen hinterlegen. Bitte lesen Sie, wann und wie davon abgebucht werden darf.}
    other {{merchant} möchte eine Karte von Ihnen hinterlegen. Bitte lesen Sie, wann und wie sie belastet werden darf.}}`,
  missing_heading: 'Ihre Zustimmung fehlt noch',
  missing_lead: `{has_account, select,
    true {{method} ist gespeichert, aber {merchant} darf nichts davon einziehen, bevor Sie zustimmen.}
    other {{method} ist gespeichert, aber {merchant} darf nichts davon abbuchen, bevor Sie zustimmen.}}`,
  to_save_heading: `{saves, select,
    bank {Geben Sie nun Ihr Bankkonto ein}
    any {Geben Sie nun ein, wie Sie bezahlen}
    other {Geben Sie nun Ihre Karte ein}}`,
  to_save_lead: `{saves, select,
    bank {Sie haben zugestimmt. Noch ist kein Bankkonto gespeichert.}
    any {Sie haben zugestimmt. Noch ist nichts gespeichert.}
    other {Sie haben zugestimmt. Noch ist keine Karte gespeichert.}}`,
  processing_heading: `{saves, select,
    bank {Wir prüfen Ihr Bankkonto}
    any {Wir prüfen Ihre Angaben}
    other {Wir prüfen Ihre Karte}}`,
  processing_nothing_to_do: 'Sie müssen jetzt nichts tun.',
  processing_again: `{looks_again, select,
    true {Diese Seite sieht von selbst wieder nach.}
    other {Um zu erfahren, wie es steht, öffnen Sie den Link später erneut.}}`,
  saved_heading: `{saves, select,
    bank {Ihr Bankkonto ist gespeichert}
    any {Das ist gespeichert}
    other {Ihre Karte ist gespeichert}}`,
  saved_lead: `{saves, select,
    bank {{merchant} kann davon einziehen, wie Sie es vereinbart haben. Durch das Speichern wurde nichts eingezogen.}
    other {{merchant} kann davon abbuchen, wie Sie es vereinbart haben. Durch das Speichern wurde nichts abgebucht.}}`,
  not_in_use_heading: `{saves, select,
    bank {Dieses Bankkonto wird nicht verwendet}
    any {Das wird nicht verwendet}
    other {Diese Karte wird nicht verwendet}}`,
  not_in_use_lead: `{saves, select,
    bank {{merchant} zieht davon nichts ein. Wenn Sie das überrascht, sprechen Sie bitte mit dem Anbieter.}
    other {{merchant} bucht davon nichts ab. Wenn Sie das überrascht, sprechen Sie bitte mit dem Anbieter.}}`,
  expired_heading: 'Die Zeit dafür ist um',
  expired_lead: `{saves, select,
    bank {{merchant} zieht wegen dieser Seite von keinem Konto etwas ein. Gehen Sie dorthin zurück, um neu zu beginnen.}
    any {{merchant} bucht wegen dieser Seite nichts ab. Gehen Sie dorthin zurück, um neu zu beginnen.}
    other {{merchant} belastet wegen dieser Seite keine Karte. Gehen Sie dorthin zurück, um neu zu beginnen.}}`,
  canceled_heading: 'Das wird nicht mehr gebraucht',
  canceled_lead: `{saves, select,
    bank {{merchant} hat die Anfrage zurückgezogen. Dadurch wurde kein Bankkonto gespeichert.}
    any {{merchant} hat die Anfrage zurückgezogen. Dadurch wurde nichts gespeichert.}
    other {{merchant} hat die Anfrage zurückgezogen. Dadurch wurde keine Karte gespeichert.}}`,
  failed_heading: `{saves, select,
    bank {Es konnte kein Bankkonto gespeichert werden}
    any {Es konnte nichts gespeichert werden}
    other {Es konnte keine Karte gespeichert werden}}`,
  failed_lead: `{saves, select,
    bank {Es wurde nichts eingezogen. Gehen Sie zurück zu {merchant}, um neu zu beginnen, vielleicht mit einem anderen Konto.}
    any {Es wurde nichts abgebucht. Gehen Sie zurück zu {merchant}, um neu zu beginnen.}
    other {Es wurde nichts abgebucht. Gehen Sie zurück zu {merchant}, um neu zu beginnen, vielleicht mit einer anderen Karte.}}`,
  label_terms: 'Was Sie vereinbaren',
  label_frequency: 'Wie oft',
  label_amount_basis: 'Wie viel',
  label_limits: 'Höchstens',
  label_scope: 'Wann',
  label_accepted: 'Zugestimmt am',
  label_card: 'Karte',
  label_account: 'Konto',
  label_until: 'Offen bis',
  label_agreement: 'Die Vereinbarung',
  label_mandate: 'Das Mandat für Lastschriften',
  label_creditor_id: 'Gläubiger-Identifikationsnummer',
  frequency: `{frequency, select,
    one_time {Einmal, eine Abbuchung}
    other {Immer wieder, bis Sie es widerrufen}}`,
  scope: `{scope, select,
    off_session {Auch wenn Sie nicht da sind, um zu bestätigen}
    other {Nur während Sie da sind, um zu bestätigen}}`,
  limit_amount: `{per, select,
    month {{amount} im Monat}
    other {jeweils {amount}}}`,
  limit_charges: '{count, plural, one {eine Abbuchung} other {# Abbuchungen}}',
  limit_until: 'bis {until}',
  accept_and_save: `{saves, select,
    bank {Zustimmen und Konto eingeben}
    any {Zustimmen und weiter}
    other {Zustimmen und Karte eingeben}}`,
  accept: 'Zustimmen',
  save: `{saves, select,
    bank {Konto eingeben}
    any {Weiter}
    other {Karte eingeben}}`,
  accept_hint: `{saves, select,
    bank {Mit dem Klick erlauben Sie {merchant}, von Ihrem Konto einzuziehen, wie es hier steht. Zeit, Internetadresse und Browser werden als Nachweis aufbewahrt.}
    any {Mit dem Klick erlauben Sie {merchant}, abzubuchen, wie es hier steht. Zeit, Internetadresse und Browser werden als Nachweis aufbewahrt.}
    other {Mit dem Klick erlauben Sie {merchant}, Ihre Karte zu belasten, wie es hier steht. Zeit, Internetadresse und Browser werden als Nachweis aufbewahrt.}}`,
  save_hint: `{saves, select,
    bank {Sie geben das Konto auf einer sicheren Seite unseres Zahlungsdienstleisters ein. Jetzt wird nichts eingezogen.}
    any {Sie geben Ihre Daten auf einer sicheren Seite unseres Zahlungsdienstleisters ein. Jetzt wird nichts abgebucht.}
    other {Sie geben die Karte auf einer sicheren Seite unseres Zahlungsdienstleisters ein. Jetzt wird nichts abgebucht.}}`,
  withdraw: 'Sie können das jederzeit widerrufen, indem Sie an {support_email} schreiben.',
  back: 'Zurück zu {merchant}',
  not_now: 'Jetzt nicht, zurück zu {merchant}',
};
