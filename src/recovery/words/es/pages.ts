import type { Catalogue } from '../languages.ts';

/** The page of a payment, in Spanish. */
export const pagesEs: Catalogue['pages'] = {
  to_confirm_heading: `{asks, select,
    pay_new {Su tarjeta nueva está lista}
    pay_new_account {Su cuenta nueva está lista}
    early {Este pago todavía no se ha realizado}
    authenticate {Confirme este pago}
    account_or_card {Este pago necesita otra cuenta o una tarjeta}
    other {Este pago necesita otra tarjeta}}`,
  to_confirm_new: `{new_by, select,
    bank {Se guardó la cuenta {new_method}. Todavía no se ha adeudado nada en ella.}
    other {Se guardó la tarjeta {new_method}. Todavía no se ha cobrado nada en ella.}}`,
  to_confirm_early: `{by, select,
    bank {{merchant} volverá a adeudar el importe en su cuenta el {retry_at}. Puede pagar antes, desde esta cuenta o desde otra, o con una tarjeta.}
    other {{merchant} volverá a intentarlo con su tarjeta guardada el {retry_at}. Puede pagar antes, con esta tarjeta o con otra.}}`,
  to_confirm_authenticate: `{was_tried, select,
    true {{merchant} intentó cobrar en su tarjeta guardada. Su banco quiere asegurarse de que es usted. Solo lleva un minuto.}
    other {{merchant} le pide que pague {amount}. Su banco quiere asegurarse de que es usted. Solo lleva un minuto.}}`,
  to_confirm_replace: `{why, select,
    declined {No se pudo cobrar en su tarjeta guardada. Por favor, pague a {merchant} con otra.}
    unpaid {{merchant} intentó adeudar este importe en su cuenta bancaria. Su banco devolvió el adeudo impagado. Por favor, pague desde otra cuenta o con una tarjeta.}
    not_authorized {{merchant} intentó adeudar este importe en su cuenta bancaria. Su banco indica que el adeudo no está autorizado o ha dejado de estarlo. Por favor, pague desde otra cuenta o con una tarjeta.}
    account {{merchant} intentó adeudar este importe en su cuenta bancaria. Su banco indica que en esta cuenta no se puede adeudar. Por favor, pague desde otra cuenta o con una tarjeta.}
    failed {{merchant} intentó adeudar este importe en su cuenta bancaria. El adeudo no se realizó. Por favor, pague desde otra cuenta o con una tarjeta.}
    no_account {No hay ninguna cuenta bancaria registrada en la que {merchant} pueda adeudar este importe. Por favor, pague desde otra cuenta o con una tarjeta.}
    other {No hay ninguna tarjeta registrada en la que {merchant} pueda cobrar este importe. Por favor, pague con otra.}}`,
  at_bank_heading: 'Continúe en su banco',
  at_bank_lead:
    'Su banco todavía no nos ha comunicado que usted haya confirmado. Por favor, continúe donde lo dejó.',
  paid_heading: 'Gracias, está pagado',
  paid_lead: `{has_others, select,
    true {{merchant} ha recibido {received}. Lo demás que está pendiente figura abajo.}
    other {{merchant} ha recibido {received}. Puede cerrar esta página.}}`,
  processing_heading: `{is_debit, select,
    true {Se ha pedido este pago a su banco}
    other {Estamos comprobando su pago}}`,
  processing_nothing_to_do: 'Ahora no tiene que hacer nada. Por favor, no pague una segunda vez.',
  processing_again: `{looks_again, select,
    true {Esta página se actualiza sola.}
    other {Para saber cómo va, vuelva a mirar más tarde o abra de nuevo el enlace de nuestro correo.}}`,
  processing_debit: `{has_day, select,
    true {{merchant} cobra {amount} por adeudo directo. El dinero sale de su cuenta el {collects_on}, y esperamos saber el {expected_on} si ha llegado. El adeudo ya no se puede cancelar.}
    other {{merchant} cobra {amount} por adeudo directo. Los bancos necesitan algunos días hábiles, y ya no se puede cancelar.}}`,
  processing_debit_again: 'Para saber cómo va, abra de nuevo el enlace de nuestro correo otro día.',
  expired_heading: 'El plazo de este pago ha terminado',
  expired_uncharged: 'No se le ha cobrado nada.',
  expired_lead: `{on_expiry, select,
    close {Esta solicitud ha terminado, y quizá {merchant} se ponga en contacto con usted por el importe.}
    release {Esta solicitud ha terminado, y no debe nada.}
    other {El importe sigue pendiente. Para pagarlo, pida un enlace nuevo.}}`,
  canceled_heading: `{is_proven, select,
    true {Este pago se ha cancelado}
    other {Esta solicitud ha terminado}}`,
  canceled_lead: `{is_proven, select,
    true {No se le ha cobrado nada, y no tiene que hacer nada.}
    other {Aquí no hay nada que hacer. Por favor, hable con {merchant} sobre este pago.}}`,
  failed_try_heading: 'No se ha podido realizar',
  failed_try_lead: 'No se le ha cobrado nada. Puede volver a intentarlo abajo.',
  unfinished_heading: 'No se ha completado',
  unfinished_lead:
    'No nos consta que se haya realizado. Puede volver a intentarlo abajo: paga {amount} una sola vez.',
  ask_merchant_heading: 'Esto no se puede pagar aquí',
  ask_merchant_lead: 'Ningún botón serviría aquí ahora. Por favor, escriba a {merchant} sobre este pago.',
  label_bill: 'Su pago',
  label_card: 'Tarjeta',
  label_account: 'Cuenta',
  label_document: 'Documento',
  label_dated: 'Fecha',
  label_read_document: 'Leer el documento',
  fresh_mail: 'Enviarme un enlace nuevo',
  confirm: 'Confirmar en su banco',
  pay_now: 'Pagar {amount} ahora',
  continue_at_bank: 'Continuar en su banco',
  pay: 'Pagar {amount}',
  pay_with: 'Pagar {amount} con {short}',
  pay_from: 'Pagar {amount} desde {short}',
  saved_hint: 'Esta tarjeta ya está registrada: no tiene que introducir nada. Paga {amount} una sola vez.',
  press_hint:
    'Puede que su banco muestre su propia página y después le devuelva aquí. Paga {amount} una sola vez.',
  debit_hint: 'A su banco se le piden {amount}, una sola vez. Eso lleva algunos días hábiles.',
  replace: `{by, select,
    bank {Usar otra cuenta o una tarjeta}
    other {Usar otra tarjeta}}`,
  replace_again: `{by, select,
    bank {Usar una cuenta o tarjeta distinta}
    other {Usar una tarjeta distinta}}`,
  accept_amount: `{by, select,
    bank {Introduce la cuenta o la tarjeta en una página segura de nuestro proveedor de pagos. Al continuar acepta que {merchant} cobre en ella {amount}, una sola vez.}
    other {Introduce la tarjeta en una página segura de nuestro proveedor de pagos. Al continuar acepta que {merchant} cobre en ella {amount}, una sola vez.}}`,
  replace_refused: `{by, select,
    bank {Ahora mismo no se puede añadir aquí otra cuenta ni una tarjeta. Por favor, escriba a {merchant} si lo necesita.}
    other {Ahora mismo no se puede añadir aquí otra tarjeta. Por favor, escriba a {merchant} si la necesita.}}`,
  check_again: 'Comprobar de nuevo',
  also_open: '{count, plural, one {Hay otra factura pendiente} other {Hay otras # facturas pendientes}}',
  and_more: 'También hay otras pendientes. Aparecerán aquí a medida que se paguen estas.',
  future_use: `{by, select,
    bank {{merchant} puede adeudar facturas posteriores en esta cuenta cuando yo no esté presente para confirmar. Puedo retirarlo en cualquier momento escribiendo a {support_email}.}
    other {{merchant} puede cobrar facturas posteriores en esta tarjeta cuando yo no esté presente para confirmar. Puedo retirarlo en cualquier momento escribiendo a {support_email}.}}`,
  questions: '¿Preguntas? Escriba a {merchant}:',
  safe: 'Los números de tarjeta se introducen solo en nuestro proveedor de pagos, nunca en esta página.',
  safe_bank:
    'Los datos bancarios y los números de tarjeta se introducen solo en nuestro proveedor de pagos, nunca en esta página.',
  unknown_card: 'Tarjeta',
};
