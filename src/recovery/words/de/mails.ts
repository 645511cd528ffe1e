import type { Catalogue } from '../languages.ts';

/** Mails in German. */
export const mailsDe: Catalogue['mails'] = {
  opening: `{tried, select,
    card {{merchant} wollte {amount} für „{description}“ von Ihrer Karte {method} abbuchen.}
    saved_card {{merchant} wollte {amount} für „{description}“ von Ihrer gespeicherten Karte abbuchen.}
    account {{merchant} wollte {amount} für „{description}“ von Ihrem Bankkonto {method} einziehen.}
    saved_account {{merchant} wollte {amount} für „{description}“ von Ihrem Bankkonto einziehen.}
    other {{merchant} bittet Sie, {amount} für „{description}“ zu bezahlen.}}`,
  subject_authenticate: 'Bitte bestätigen Sie Ihre Zahlung von {amount} an {merchant}',
  heading_authenticate: 'Bitte bestätigen Sie Ihre Zahlung',
  why_authenticate:
    'Ihre Bank bittet Sie zu bestätigen, dass diese Zahlung von Ihnen kommt. Das dauert eine Minute.',
  button_authenticate: '{amount} bestätigen',
  subject_replace: `{by, select,
    bank {Ihre Zahlung von {amount} an {merchant} braucht ein anderes Konto oder eine Karte}
    other {Ihre Zahlung von {amount} an {merchant} braucht eine andere Karte}}`,
  heading_replace: `{by, select,
    bank {Ihre Zahlung braucht ein anderes Konto oder eine Karte}
    other {Ihre Zahlung braucht eine andere Karte}}`,
  why_replace: `{why, select,
    declined {Die Karte konnte nicht belastet werden. Bitte bezahlen Sie mit einer anderen Karte.}
    unpaid {Ihre Bank hat die Lastschrift unbezahlt zurückgegeben. Bitte bezahlen Sie von einem anderen Konto oder mit einer Karte.}
    not_authorized {Ihre Bank teilt mit, dass die Lastschrift nicht oder nicht mehr genehmigt ist. Bitte bezahlen Sie von einem anderen Konto oder mit einer Karte.}
    account {Ihre Bank teilt mit, dass von diesem Konto nicht abgebucht werden kann. Bitte bezahlen Sie von einem anderen Konto oder mit einer Karte.}
    failed {Die Lastschrift wurde nicht ausgeführt. Bitte bezahlen Sie von einem anderen Konto oder mit einer Karte.}
    no_account {Es ist kein Bankkonto hinterlegt, von dem {merchant} den Betrag einziehen kann. Bitte bezahlen Sie von einem anderen Konto oder mit einer Karte.}
    other {Es ist keine Karte hinterlegt, die {merchant} dafür belasten kann. Bitte bezahlen Sie mit einer anderen Karte.}}`,
  button_pay: '{amount} bezahlen',
  subject_reminder: 'Erinnerung: Ihre Zahlung von {amount} an {merchant} ist noch offen',
  subject_last: `{on_expiry, select,
    keep_open {Letzte Erinnerung: Der Link für Ihre Zahlung von {amount} an {merchant} läuft bald ab}
    other {Letzte Erinnerung: Ihre Zahlung von {amount} an {merchant} wird in Kürze abgebrochen}}`,
  heading_last: 'Letzte Erinnerung an Ihre Zahlung',
  subject_early: 'Ihre Zahlung von {amount} an {merchant} hat noch nicht geklappt',
  heading_early: 'Ihre Zahlung hat noch nicht geklappt',
  early: `{by, select,
    bank {Der Betrag wird am {retry_at} erneut eingezogen. Sie können vorher auch selbst bezahlen, von einem anderen Konto oder mit einer Karte.}
    other {Der nächste Versuch ist am {retry_at}. Sie können vorher auch selbst bezahlen, mit dieser oder einer anderen Karte.}}`,
  button_early: '{amount} jetzt bezahlen',
  label_card: 'Karte',
  label_account: 'Konto',
  label_document: 'Beleg',
  label_dated: 'Vom',
  label_to_read: 'Zum Nachlesen',
  label_until: 'Offen bis',
  label_next_try: 'Nächster Versuch',
  label_new_card: 'Neue Karte',
  label_new_account: 'Neues Konto',
  otherwise: `{ending, select,
    retry {Wenn Sie nichts tun, versucht {merchant} es am {retry_at} erneut mit der Karte.}
    collect {Wenn Sie nichts tun, zieht {merchant} den Betrag am {retry_at} erneut von Ihrem Konto ein.}
    close {Wenn bis {until} nichts geschieht, endet diese Anfrage, und durch sie wird Ihnen nichts abgebucht. {merchant} erfährt, dass nicht bezahlt wurde, und kommt wegen des Betrags vielleicht auf Sie zu.}
    release {Wenn bis {until} nichts geschieht, wird die Zahlung abgebrochen: Ihnen wird nichts abgebucht, und Sie schulden nichts.}
    other {Dieser Link gilt bis {until}. Danach ist der Betrag weiterhin offen, und Sie können einen neuen Link anfordern.}}`,
  subject_replaced: `{new_by, select,
    bank {Für Ihre Zahlung an {merchant} wurde ein Bankkonto hinzugefügt}
    other {Für Ihre Zahlung an {merchant} wurde eine Karte hinzugefügt}}`,
  heading_replaced: `{new_by, select,
    bank {Für Ihre Zahlung wurde ein Bankkonto hinzugefügt}
    other {Für Ihre Zahlung wurde eine Karte hinzugefügt}}`,
  replaced: `{entered, select,
    card {{new_method} wurde eingegeben, um {amount} für „{description}“ an {merchant} zu bezahlen.}
    account {Das Bankkonto {new_method} wurde eingegeben, um {amount} für „{description}“ an {merchant} zu bezahlen.}
    some_account {Ein Bankkonto wurde eingegeben, um {amount} für „{description}“ an {merchant} zu bezahlen.}
    other {Eine Karte wurde eingegeben, um {amount} für „{description}“ an {merchant} zu bezahlen.}}`,
  replaced_safety:
    'Wenn Sie das waren, müssen Sie nichts tun. Wenn nicht, sagen Sie uns bitte sofort Bescheid.',
  contact: `{by, select,
    bank {Sie erreichen uns auch ohne Link: Schreiben Sie an {support_email}. {merchant} fragt nie per E-Mail nach Ihren Bankdaten oder einem Passwort.}
    other {Sie erreichen uns auch ohne Link: Schreiben Sie an {support_email}. {merchant} fragt nie per E-Mail nach Ihrer Kartennummer oder einem Passwort.}}`,
  several_headline: '{count} Zahlungen',
  several_headline_to: 'an {merchant}',
  several_opening: `{has_total, select,
    true {{count} Ihrer Zahlungen an {merchant} sind offen, insgesamt {total}. Ein Link führt zu allen.}
    other {{count} Ihrer Zahlungen an {merchant} sind offen. Ein Link führt zu allen.}}`,
  several_subject: `{which, select,
    last {Letzte Erinnerung: Die Zeit für Ihre {count} Zahlungen an {merchant} ist fast um}
    some_last {Letzte Erinnerung: Die Zeit für {last} Ihrer {count} Zahlungen an {merchant} ist fast um}
    early {{count} Zahlungen an {merchant} haben noch nicht geklappt}
    other {{count} Zahlungen an {merchant} brauchen Sie}}`,
  several_heading: `{which, select,
    last {Letzte Erinnerung an Ihre {count} Zahlungen}
    some_last {Letzte Erinnerung an {last} Ihrer {count} Zahlungen}
    early {{count} Zahlungen haben noch nicht geklappt}
    other {{count} Zahlungen brauchen Sie}}`,
  several_document: 'Beleg {number}',
  several_more:
    '{more, plural, one {Und eine weitere, die der Link zeigt.} other {Und # weitere, die der Link zeigt.}}',
  several_button: 'Alle {count} Zahlungen ansehen',
  several_keeps: 'Der Link nimmt dafür bis {until} eine Zahlung an. Danach ist der Betrag weiterhin offen.',
  several_early: `{by, select,
    bank {Sie hat noch nicht geklappt. Sie können auch jetzt selbst bezahlen, von einem anderen Konto oder mit einer Karte.}
    other {Sie hat noch nicht geklappt. Sie können auch jetzt selbst bezahlen, mit derselben oder einer anderen Karte.}}`,
  several_authenticate: 'Ihre Bank bittet Sie zu bestätigen, dass diese Zahlung von Ihnen kommt.',
  several_tried: `{tried, select,
    card {{merchant} wollte Ihre Karte {method} belasten.}
    saved_card {{merchant} wollte Ihre gespeicherte Karte belasten.}
    account {{merchant} wollte den Betrag von Ihrem Bankkonto {method} einziehen.}
    other {{merchant} wollte den Betrag von Ihrem Bankkonto einziehen.}}`,
};
