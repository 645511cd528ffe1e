import type { Catalogue } from '../languages.ts';

/** The pages that are the same for every visitor, in German. */
export const noticesDe: Catalogue['notices'] = {
  unusable_link_title: 'Dieser Link kann nicht verwendet werden',
  unusable_link_lead:
    'Er ist vielleicht unvollständig, abgelaufen oder durch einen neueren ersetzt. Wenn es Ihrer war, können Sie einen neuen anfordern; er geht an die Adresse, die wir von Ihnen haben.',
  unusable_link_button: 'Neuen Link senden',
  mail_asked_title: 'Sehen Sie in Ihr Postfach',
  mail_asked_lead:
    'Wenn dieser Link zu einer Zahlung gehörte, die noch offen ist, und E-Mails die hinterlegte Adresse erreichen, ist eine mit einem gültigen Link dorthin unterwegs. Wir senden höchstens eine in der Stunde. Wenn keine ankommt, schreiben Sie uns bitte.',
  cookies_needed_title: 'Bitte öffnen Sie den Link in Ihrem Browser',
  cookies_needed_lead:
    'Diese Seite öffnet sich mit dem Link in unserer E-Mail und braucht ein Cookie, das Ihr Browser nicht gesendet hat: Vielleicht blockiert er Cookies, oder der Link wurde vor zu langer Zeit geöffnet. Öffnen Sie den Link noch einmal in Ihrem üblichen Browser, etwa Chrome, Firefox oder Safari, und erlauben Sie dort Cookies.',
  back_from_bank_title: 'Zurück von Ihrer Bank',
  back_from_bank_heading: 'Sie können diese Seite schließen',
  back_from_bank_lead:
    'Wenn Sie eben bei Ihrer Bank waren, teilt sie uns das Ergebnis direkt mit. Um zu sehen, wie es um Ihre Zahlung steht, öffnen Sie den Link in unserer E-Mail erneut.',
  refused_press_title: 'Das hat nicht funktioniert',
  refused_press_lead:
    'Die Seite war zu lange offen oder wurde auf anderem Weg geöffnet. Öffnen Sie den Link in unserer E-Mail erneut.',
  unsent_title: 'Einen Moment',
  unsent_heading: 'Einen Moment, bitte',
  unsent_lead:
    'Durch den Klick eben wurde nichts an Ihre Bank gesendet. Die Seite Ihrer Zahlung kommt gleich von selbst zurück und zeigt, was Sie tun können.',
  unsent_back: 'Zurück zu Ihrer Zahlung',
  checking_title: 'Wir prüfen Ihre Zahlung',
  checking_lead:
    'Wir wissen noch nicht, ob sie geklappt hat. Bitte bezahlen Sie nicht ein zweites Mal: Die Seite Ihrer Zahlung kommt gleich von selbst zurück und sagt, wie es steht.',
  checking_back: 'Erneut nachsehen',
  no_checkout_title: 'Einen Moment',
  no_checkout_heading: 'Einen Moment, bitte',
  no_checkout_lead:
    'Die Seite unseres Zahlungsdienstleisters konnte noch nicht geöffnet werden. Durch den Klick eben wurde nichts an Ihre Bank gesendet. Die Seite Ihrer Zahlung kommt gleich von selbst zurück, und Sie können es dort noch einmal versuchen.',
  no_checkout_back: 'Zurück zu Ihrer Zahlung',
  not_taken_title: 'Einen Moment',
  not_taken_heading: 'Einen Moment, bitte',
  not_taken_lead:
    'Das ging gerade nicht. Bitte gehen Sie zurück und versuchen Sie es in einer Minute noch einmal.',
  cannot_show_title: 'Einen Moment',
  cannot_show_heading: 'Einen Moment, bitte',
  cannot_show_lead:
    'Diese Seite kann gerade nicht angezeigt werden. Wenn sie nicht in wenigen Minuten zurückkommt, öffnen Sie den Link später erneut.',
  cannot_show_once: 'Wenn Sie eben bezahlt haben, bezahlen Sie bitte nicht ein zweites Mal.',
  setup_unusable_link_lead:
    'Er ist vielleicht unvollständig oder nicht für diese Seite gedacht. Gehen Sie zurück zu dem Geschäft, das Sie hierher geschickt hat, und beginnen Sie dort neu.',
  setup_refused_press_lead:
    'Die Seite war zu lange offen oder wurde auf anderem Weg geöffnet. Es wurde nichts gespeichert. Öffnen Sie den Link erneut.',
  setup_back_from_checkout_title: 'Sie können diese Seite schließen',
  setup_back_from_checkout_lead:
    'Wenn Sie eben eingegeben haben, womit Sie bezahlen, ist das auf dem Weg zu uns. Um zu sehen, was gespeichert ist, öffnen Sie den Link erneut.',
  setup_cookies_needed_lead:
    'Diese Seite öffnet sich mit dem Link, den Sie bekommen haben, und braucht ein Cookie, das Ihr Browser nicht gesendet hat: Vielleicht blockiert er Cookies, oder der Link wurde vor zu langer Zeit geöffnet. Öffnen Sie den Link noch einmal in Ihrem üblichen Browser, etwa Chrome, Firefox oder Safari, und erlauben Sie dort Cookies.',
  setup_no_checkout_lead:
    'Die Seite unseres Zahlungsdienstleisters konnte noch nicht geöffnet werden. Durch den Klick eben wurde nichts gespeichert. Diese Seite kommt gleich von selbst zurück, und Sie können es dort noch einmal versuchen.',
  setup_no_checkout_back: 'Zurück',
};
