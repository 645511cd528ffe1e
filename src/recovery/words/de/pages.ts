import type { Catalogue } from '../languages.ts';

/** The page of a payment, in German. */
export const pagesDe: Catalogue['pages'] = {
  to_confirm_heading: `{asks, select,
    pay_new {Ihre neue Karte ist bereit}
    pay_new_account {Ihr neues Konto ist bereit}
    early {Diese Zahlung hat noch nicht geklappt}
    authenticate {Bitte bestätigen Sie diese Zahlung}
    account_or_card {Diese Zahlung braucht ein anderes Konto oder eine Karte}
    other {Diese Zahlung braucht eine andere Karte}}`,
  to_confirm_new: `{new_by, select,
    bank {{new_method} wurde gespeichert. Davon wurde noch nichts eingezogen.}
    other {{new_method} wurde gespeichert. Davon wurde noch nichts abgebucht.}}`,
  to_confirm_early: `{by, select,
    bank {{merchant} zieht den Betrag am {retry_at} erneut von Ihrem Konto ein. Sie können vorher bezahlen, von diesem oder einem anderen Konto oder mit einer Karte.}
    other {{merchant} versucht es am {retry_at} erneut mit Ihrer gespeicherten Karte. Sie können vorher bezahlen, mit dieser oder einer anderen Karte.}}`,
  to_confirm_authenticate: `{was_tried, select,
    true {{merchant} wollte Ihre gespeicherte Karte belasten. Ihre Bank möchte sicher sein, dass Sie es sind. Das dauert eine Minute.}
    other {{merchant} bittet Sie, {amount} zu bezahlen. Ihre Bank möchte sicher sein, dass Sie es sind. Das dauert eine Minute.}}`,
  to_confirm_replace: `{why, select,
    declined {Ihre gespeicherte Karte konnte nicht belastet werden. Bitte bezahlen Sie {merchant} mit einer anderen.}
    unpaid {{merchant} wollte den Betrag von Ihrem Bankkonto einziehen. Ihre Bank hat die Lastschrift unbezahlt zurückgegeben. Bitte bezahlen Sie von einem anderen Konto oder mit einer Karte.}
    not_authorized {{merchant} wollte den Betrag von Ihrem Bankkonto einziehen. Ihre Bank teilt mit, dass die Lastschrift nicht oder nicht mehr genehmigt ist. Bitte bezahlen Sie von einem anderen Konto oder mit einer Karte.}
    account {{merchant} wollte den Betrag von Ihrem Bankkonto einziehen. Ihre Bank teilt mit, dass von diesem Konto nicht abgebucht werden kann. Bitte bezahlen Sie von einem anderen Konto oder mit einer Karte.}
    failed {{merchant} wollte den Betrag von Ihrem Bankkonto einziehen. Die Lastschrift wurde nicht ausgeführt. Bitte bezahlen Sie von einem anderen Konto oder mit einer Karte.}
    no_account {Es ist kein Bankkonto hinterlegt, von dem {merchant} diesen Betrag einziehen kann. Bitte bezahlen Sie von einem anderen Konto oder mit einer Karte.}
    other {Es ist keine Karte hinterlegt, die {merchant} dafür belasten kann. Bitte bezahlen Sie mit einer anderen.}}`,
  at_bank_heading: 'Bitte machen Sie bei Ihrer Bank weiter',
  at_bank_lead:
    'Wir haben von Ihrer Bank noch nicht gehört, dass Sie dort bestätigt haben. Bitte machen Sie dort weiter, wo Sie aufgehört haben.',
  paid_heading: 'Vielen Dank, das ist bezahlt',
  paid_lead: `{has_others, select,
    true {{merchant} hat {received} erhalten. Was sonst noch offen ist, steht unten.}
    other {{merchant} hat {received} erhalten. Sie können diese Seite schließen.}}`,
  processing_heading: `{is_debit, select,
    true {Ihre Bank wurde um diese Zahlung gebeten}
    other {Wir prüfen Ihre Zahlung}}`,
  processing_nothing_to_do: 'Sie müssen jetzt nichts tun. Bitte bezahlen Sie nicht ein zweites Mal.',
  processing_again: `{looks_again, select,
    true {Diese Seite sieht von selbst wieder nach.}
    other {Um zu erfahren, wie es steht, sehen Sie später wieder nach, oder öffnen Sie den Link in unserer E-Mail erneut.}}`,
  processing_debit: `{has_day, select,
    true {{merchant} zieht {amount} per Lastschrift ein. Das Geld geht am {collects_on} von Ihrem Konto ab, und wir wissen voraussichtlich am {expected_on}, ob es angekommen ist. Die Lastschrift lässt sich nicht mehr abbrechen.}
    other {{merchant} zieht {amount} per Lastschrift ein. Banken brauchen dafür einige Werktage, und es lässt sich nicht mehr abbrechen.}}`,
  processing_debit_again:
    'Um zu erfahren, wie es steht, öffnen Sie den Link in unserer E-Mail an einem anderen Tag erneut.',
  expired_heading: 'Die Zeit für diese Zahlung ist um',
  expired_uncharged: 'Ihnen wurde nichts abgebucht.',
  expired_lead: `{on_expiry, select,
    close {Diese Anfrage ist beendet, und {merchant} kommt wegen des Betrags vielleicht auf Sie zu.}
    release {Diese Anfrage ist beendet, und Sie schulden nichts.}
    other {Der Betrag ist weiterhin offen. Um ihn zu bezahlen, fordern Sie einen neuen Link an.}}`,
  canceled_heading: `{is_proven, select,
    true {Diese Zahlung wurde abgebrochen}
    other {Diese Anfrage ist beendet}}`,
  canceled_lead: `{is_proven, select,
    true {Ihnen wurde nichts abgebucht, und es ist nichts zu tun.}
    other {Hier ist nichts zu tun. Bitte sprechen Sie mit {merchant} über diese Zahlung.}}`,
  failed_try_heading: 'Das hat nicht geklappt',
  failed_try_lead: 'Ihnen wurde nichts abgebucht. Sie können es unten noch einmal versuchen.',
  unfinished_heading: 'Das wurde nicht abgeschlossen',
  unfinished_lead:
    'Wir haben nicht gehört, dass es geklappt hat. Sie können es unten noch einmal versuchen: Sie bezahlen {amount} nur einmal.',
  ask_merchant_heading: 'Das kann hier nicht bezahlt werden',
  ask_merchant_lead:
    'Keine Schaltfläche würde hier jetzt helfen. Bitte schreiben Sie {merchant} wegen dieser Zahlung.',
  label_bill: 'Ihre Zahlung',
  label_card: 'Karte',
  label_account: 'Konto',
  label_document: 'Beleg',
  label_dated: 'Vom',
  label_read_document: 'Beleg lesen',
  fresh_mail: 'Neuen Link senden',
  confirm: 'Bei Ihrer Bank bestätigen',
  pay_now: '{amount} jetzt bezahlen',
  continue_at_bank: 'Weiter bei Ihrer Bank',
  pay: '{amount} bezahlen',
  pay_with: '{amount} mit {short} bezahlen',
  pay_from: '{amount} von {short} bezahlen',
  saved_hint:
    'Diese Karte ist schon hinterlegt: Sie müssen nichts eingeben. Sie bezahlen {amount} nur einmal.',
  press_hint:
    'Ihre Bank zeigt vielleicht eine eigene Seite und bringt Sie danach hierher zurück. Sie bezahlen {amount} nur einmal.',
  debit_hint: 'Ihre Bank wird um {amount} gebeten, nur einmal. Das dauert einige Werktage.',
  replace: `{by, select,
    bank {Anderes Konto oder Karte verwenden}
    other {Andere Karte verwenden}}`,
  replace_again: `{by, select,
    bank {Doch ein anderes Konto oder eine andere Karte verwenden}
    other {Doch eine andere Karte verwenden}}`,
  accept_amount: `{by, select,
    bank {Sie geben Konto oder Karte auf einer sicheren Seite unseres Zahlungsdienstleisters ein. Wenn Sie fortfahren, stimmen Sie zu, dass {merchant} davon {amount} abbucht, einmal.}
    other {Sie geben die Karte auf einer sicheren Seite unseres Zahlungsdienstleisters ein. Wenn Sie fortfahren, stimmen Sie zu, dass {merchant} davon {amount} abbucht, einmal.}}`,
  replace_refused: `{by, select,
    bank {Ein anderes Konto oder eine Karte kann hier gerade nicht hinzugefügt werden. Bitte schreiben Sie {merchant}, wenn Sie es brauchen.}
    other {Eine andere Karte kann hier gerade nicht hinzugefügt werden. Bitte schreiben Sie {merchant}, wenn Sie eine brauchen.}}`,
  check_again: 'Erneut nachsehen',
  also_open: '{count, plural, one {Eine weitere Rechnung ist offen} other {# weitere Rechnungen sind offen}}',
  and_more: 'Noch weitere sind offen. Sie erscheinen hier, wenn diese bezahlt sind.',
  future_use: `{by, select,
    bank {{merchant} darf spätere Rechnungen von diesem Konto einziehen, auch wenn ich nicht da bin, um zu bestätigen. Ich kann das jederzeit widerrufen, indem ich an {support_email} schreibe.}
    other {{merchant} darf diese Karte für spätere Rechnungen belasten, auch wenn ich nicht da bin, um zu bestätigen. Ich kann das jederzeit widerrufen, indem ich an {support_email} schreibe.}}`,
  questions: 'Fragen? Schreiben Sie {merchant}:',
  safe: 'Kartennummern werden nur bei unserem Zahlungsdienstleister eingegeben, nie auf dieser Seite.',
  safe_bank:
    'Bankdaten und Kartennummern werden nur bei unserem Zahlungsdienstleister eingegeben, nie auf dieser Seite.',
  unknown_card: 'Karte',
};
