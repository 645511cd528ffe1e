import type { Catalogue } from '../languages.ts';

/** Mails in Spanish. */
export const mailsEs: Catalogue['mails'] = {
  opening: `{tried, select,
    card {{merchant} intentó cobrar {amount} por «{description}» en su tarjeta {method}.}
    saved_card {{merchant} intentó cobrar {amount} por «{description}» en su tarjeta guardada.}
    account {{merchant} intentó adeudar {amount} por «{description}» en su cuenta bancaria {method}.}
    saved_account {{merchant} intentó adeudar {amount} por «{description}» en su cuenta bancaria.}
    other {{merchant} le pide que pague {amount} por «{description}».}}`,
  subject_authenticate: 'Confirme su pago de {amount} a {merchant}',
  heading_authenticate: 'Confirme su pago',
  why_authenticate: 'Su banco le pide que confirme que este pago es suyo. Solo lleva un minuto.',
  button_authenticate: 'Confirmar {amount}',
  subject_replace: `{by, select,
    bank {Su pago de {amount} a {merchant} necesita otra cuenta o una tarjeta}
    other {Su pago de {amount} a {merchant} necesita otra tarjeta}}`,
  heading_replace: `{by, select,
    bank {Su pago necesita otra cuenta o una tarjeta}
    other {Su pago necesita otra tarjeta}}`,
  why_replace: `{why, select,
    declined {No se pudo cobrar en la tarjeta. Por favor, pague con otra tarjeta.}
    unpaid {Su banco devolvió el adeudo impagado. Por favor, pague desde otra cuenta o con una tarjeta.}
    not_authorized {Su banco indica que el adeudo no está autorizado o ha dejado de estarlo. Por favor, pague desde otra cuenta o con una tarjeta.}
    account {Su banco indica que en esta cuenta no se puede adeudar. Por favor, pague desde otra cuenta o con una tarjeta.}
    failed {El adeudo no se realizó. Por favor, pague desde otra cuenta o con una tarjeta.}
    no_account {No hay ninguna cuenta bancaria registrada en la que {merchant} pueda adeudar este importe. Por favor, pague desde otra cuenta o con una tarjeta.}
    other {No hay ninguna tarjeta registrada en la que {merchant} pueda cobrar este importe. Por favor, pague con otra tarjeta.}}`,
  button_pay: 'Pagar {amount}',
  subject_reminder: 'Recordatorio: su pago de {amount} a {merchant} sigue pendiente',
  subject_last: `{on_expiry, select,
    keep_open {Último aviso: el enlace para su pago de {amount} a {merchant} caduca pronto}
    other {Último aviso: su pago de {amount} a {merchant} está a punto de cancelarse}}`,
  heading_last: 'Último aviso sobre su pago',
  subject_early: 'Su pago de {amount} a {merchant} todavía no se ha realizado',
  heading_early: 'Su pago todavía no se ha realizado',
  early: `{by, select,
    bank {El importe se volverá a adeudar el {retry_at}. También puede pagarlo usted antes, desde otra cuenta o con una tarjeta.}
    other {Se volverá a intentar el {retry_at}. También puede pagarlo usted antes, con esta tarjeta o con otra.}}`,
  button_early: 'Pagar {amount} ahora',
  label_card: 'Tarjeta',
  label_account: 'Cuenta',
  label_document: 'Documento',
  label_dated: 'Fecha',
  label_to_read: 'Para leer',
  label_until: 'Abierto hasta',
  label_next_try: 'Próximo intento',
  label_new_card: 'Tarjeta nueva',
  label_new_account: 'Cuenta nueva',
  otherwise: `{ending, select,
    retry {Si no hace nada, {merchant} volverá a intentarlo con la tarjeta el {retry_at}.}
    collect {Si no hace nada, {merchant} volverá a adeudar el importe en su cuenta el {retry_at}.}
    close {Si no ocurre nada hasta el {until}, esta solicitud termina y no se le cobra nada por ella. {merchant} sabrá que no se ha pagado y quizá se ponga en contacto con usted por el importe.}
    release {Si no ocurre nada hasta el {until}, el pago se cancela: no se le cobra nada y no debe nada.}
    other {Este enlace funciona hasta el {until}. Después, el importe sigue pendiente y puede pedir un enlace nuevo.}}`,
  subject_replaced: `{new_by, select,
    bank {Se ha añadido una cuenta bancaria para su pago a {merchant}}
    other {Se ha añadido una tarjeta para su pago a {merchant}}}`,
  heading_replaced: `{new_by, select,
    bank {Se ha añadido una cuenta bancaria para su pago}
    other {Se ha añadido una tarjeta para su pago}}`,
  replaced: `{entered, select,
    card {Se introdujo la tarjeta {new_method} para pagar {amount} por «{description}» a {merchant}.}
    account {Se introdujo la cuenta bancaria {new_method} para pagar {amount} por «{description}» a {merchant}.}
    some_account {Se introdujo una cuenta bancaria para pagar {amount} por «{description}» a {merchant}.}
    other {Se introdujo una tarjeta para pagar {amount} por «{description}» a {merchant}.}}`,
  replaced_safety: 'Si fue usted, no tiene que hacer nada. Si no lo fue, avísenos de inmediato.',
  contact: `{by, select,
    bank {También puede contactarnos sin enlace: escriba a {support_email}. {merchant} nunca le pide por correo sus datos bancarios ni una contraseña.}
    other {También puede contactarnos sin enlace: escriba a {support_email}. {merchant} nunca le pide por correo su número de tarjeta ni una contraseña.}}`,
  several_headline: '{count} pagos',
  several_headline_to: 'a {merchant}',
  several_opening: `{has_total, select,
    true {{count} de sus pagos a {merchant} están pendientes, {total} en total. Un solo enlace lleva a todos.}
    other {{count} de sus pagos a {merchant} están pendientes. Un solo enlace lleva a todos.}}`,
  several_subject: `{which, select,
    last {Último aviso: el plazo de sus {count} pagos a {merchant} está a punto de terminar}
    some_last {Último aviso: el plazo de {last} de sus {count} pagos a {merchant} está a punto de terminar}
    early {{count} pagos a {merchant} todavía no se han realizado}
    other {{count} pagos a {merchant} le necesitan}}`,
  several_heading: `{which, select,
    last {Último aviso sobre sus {count} pagos}
    some_last {Último aviso sobre {last} de sus {count} pagos}
    early {{count} pagos todavía no se han realizado}
    other {{count} pagos le necesitan}}`,
  several_document: 'Documento {number}',
  several_more:
    '{more, plural, one {Y otro más, que muestra el enlace.} other {Y otros #, que muestra el enlace.}}',
  several_button: 'Ver los {count} pagos',
  several_keeps: 'El enlace admite este pago hasta el {until}. Después, el importe sigue pendiente.',
  several_early: `{by, select,
    bank {Todavía no se ha realizado. También puede pagarlo usted ahora, desde otra cuenta o con una tarjeta.}
    other {Todavía no se ha realizado. También puede pagarlo usted ahora, con la misma tarjeta o con otra.}}`,
  several_authenticate: 'Su banco le pide que confirme que este pago es suyo.',
  several_tried: `{tried, select,
    card {{merchant} intentó cobrar en su tarjeta {method}.}
    saved_card {{merchant} intentó cobrar en su tarjeta guardada.}
    account {{merchant} intentó adeudar el importe en su cuenta bancaria {method}.}
    other {{merchant} intentó adeudar el importe en su cuenta bancaria.}}`,
};
