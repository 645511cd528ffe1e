import type { Catalogue } from '../languages.ts';

/** The pages that are the same for every visitor, in Italian. */
export const noticesIt: Catalogue['notices'] = {
  unusable_link_title: 'Questo link non si può usare',
  unusable_link_lead:
    'Forse è incompleto, scaduto o sostituito da uno più recente. Se era Suo, può chiederne uno nuovo, che arriva all’indirizzo che abbiamo registrato.',
  unusable_link_button: 'Inviami un nuovo link',
  mail_asked_title: 'Controlli la Sua posta',
  mail_asked_lead:
    'Se quel link apparteneva a un pagamento ancora in sospeso, e se le e-mail arrivano all’indirizzo registrato, un messaggio con un link valido è in arrivo. Ne inviamo al massimo uno all’ora. Se non arriva nulla, ci scriva.',
  cookies_needed_title: 'Apra il link nel Suo browser',
  cookies_needed_lead:
    'Questa pagina si apre con il link nella nostra e-mail e ha bisogno di un cookie, che il Suo browser non ha inviato: forse blocca i cookie, oppure il link è stato aperto troppo tempo fa. Apra di nuovo il link nel Suo browser abituale, ad esempio Chrome, Firefox o Safari, e vi consenta i cookie.',
  back_from_bank_title: 'Di ritorno dalla Sua banca',
  back_from_bank_heading: 'Può chiudere questa pagina',
  back_from_bank_lead:
    'Se è appena stato presso la Sua banca, essa ci comunica l’esito direttamente. Per vedere a che punto è il Suo pagamento, riapra il link nella nostra e-mail.',
  refused_press_title: 'Non ha funzionato',
  refused_press_lead:
    'La pagina è rimasta aperta troppo a lungo o è stata aperta in un altro modo. Riapra il link nella nostra e-mail.',
  unsent_title: 'Un momento',
  unsent_heading: 'Un momento, per favore',
  unsent_lead:
    'Premendo ora non è stato inviato nulla alla Sua banca. La pagina del Suo pagamento torna da sola tra un momento e mostra che cosa può fare.',
  unsent_back: 'Torna al pagamento',
  checking_title: 'Stiamo verificando il Suo pagamento',
  checking_lead:
    'Non sappiamo ancora se è andato a buon fine. La preghiamo di non pagare una seconda volta: la pagina del Suo pagamento torna da sola tra un momento e dice a che punto è.',
  checking_back: 'Verifica di nuovo',
  no_checkout_title: 'Un momento',
  no_checkout_heading: 'Un momento, per favore',
  no_checkout_lead:
    'La pagina del nostro fornitore di servizi di pagamento non si è ancora potuta aprire. Premendo ora non è stato inviato nulla alla Sua banca. La pagina del Suo pagamento torna da sola tra un momento, e lì può riprovare.',
  no_checkout_back: 'Torna al pagamento',
  not_taken_title: 'Un momento',
  not_taken_heading: 'Un momento, per favore',
  not_taken_lead: 'Non è stato possibile farlo ora. Torni indietro e riprovi tra un minuto.',
  cannot_show_title: 'Un momento',
  cannot_show_heading: 'Un momento, per favore',
  cannot_show_lead:
    'Questa pagina per ora non si può mostrare. Se non torna entro pochi minuti, riapra il link più tardi.',
  cannot_show_once: 'Se ha appena pagato, La preghiamo di non pagare una seconda volta.',
  setup_unusable_link_lead:
    'Forse è incompleto o non è destinato a questa pagina. Torni al negozio che L’ha mandata qui e ricominci da lì.',
  setup_refused_press_lead:
    'La pagina è rimasta aperta troppo a lungo o è stata aperta in un altro modo. Non è stato salvato nulla. Riapra il link.',
  setup_back_from_checkout_title: 'Può chiudere questa pagina',
  setup_back_from_checkout_lead:
    'Se ha appena inserito come paga, i dati stanno arrivando a noi. Per vedere che cosa è salvato, riapra il link.',
  setup_cookies_needed_lead:
    'Questa pagina si apre con il link che Le è stato dato e ha bisogno di un cookie, che il Suo browser non ha inviato: forse blocca i cookie, oppure il link è stato aperto troppo tempo fa. Apra di nuovo il link nel Suo browser abituale, ad esempio Chrome, Firefox o Safari, e vi consenta i cookie.',
  setup_no_checkout_lead:
    'La pagina del nostro fornitore di servizi di pagamento non si è ancora potuta aprire. Premendo ora non è stato salvato nulla. Questa pagina torna da sola tra un momento, e può riprovare.',
  setup_no_checkout_back: 'Indietro',
};
