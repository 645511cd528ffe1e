import type { Catalogue } from '../languages.ts';

/** The pages that are the same for every visitor, in Spanish. */
export const noticesEs: Catalogue['notices'] = {
  unusable_link_title: 'Este enlace no se puede usar',
  unusable_link_lead:
    'Quizá esté incompleto, haya caducado o lo sustituya otro más reciente. Si era suyo, puede pedir uno nuevo, que se enviará a la dirección que tenemos registrada.',
  unusable_link_button: 'Enviarme un enlace nuevo',
  mail_asked_title: 'Mire en su bandeja de entrada',
  mail_asked_lead:
    'Si ese enlace correspondía a un pago que sigue pendiente, y los correos llegan a la dirección registrada, va de camino uno con un enlace válido. Enviamos como máximo uno por hora. Si no llega ninguno, escríbanos.',
  cookies_needed_title: 'Abra el enlace en su navegador',
  cookies_needed_lead:
    'Esta página se abre con el enlace de nuestro correo y necesita una cookie que su navegador no envió: quizá bloquee las cookies, o el enlace se abrió hace demasiado tiempo. Abra de nuevo el enlace en su navegador habitual, como Chrome, Firefox o Safari, y permita allí las cookies.',
  back_from_bank_title: 'De vuelta de su banco',
  back_from_bank_heading: 'Puede cerrar esta página',
  back_from_bank_lead:
    'Si acaba de estar en su banco, este nos comunica el resultado directamente. Para ver cómo va su pago, abra de nuevo el enlace de nuestro correo.',
  refused_press_title: 'No ha funcionado',
  refused_press_lead:
    'La página estuvo abierta demasiado tiempo o se abrió de otra manera. Abra de nuevo el enlace de nuestro correo.',
  unsent_title: 'Un momento',
  unsent_heading: 'Un momento, por favor',
  unsent_lead:
    'Al pulsar ahora no se ha enviado nada a su banco. La página de su pago vuelve sola en un momento y muestra qué puede hacer.',
  unsent_back: 'Volver a su pago',
  checking_title: 'Estamos comprobando su pago',
  checking_lead:
    'Todavía no sabemos si se ha realizado. Por favor, no pague una segunda vez: la página de su pago vuelve sola en un momento y dice cómo va.',
  checking_back: 'Comprobar de nuevo',
  no_checkout_title: 'Un momento',
  no_checkout_heading: 'Un momento, por favor',
  no_checkout_lead:
    'La página de nuestro proveedor de pagos todavía no se ha podido abrir. Al pulsar ahora no se ha enviado nada a su banco. La página de su pago vuelve sola en un momento, y allí puede volver a intentarlo.',
  no_checkout_back: 'Volver a su pago',
  not_taken_title: 'Un momento',
  not_taken_heading: 'Un momento, por favor',
  not_taken_lead: 'Ahora mismo no ha sido posible. Vuelva atrás e inténtelo de nuevo en un minuto.',
  cannot_show_title: 'Un momento',
  cannot_show_heading: 'Un momento, por favor',
  cannot_show_lead:
    'Esta página no se puede mostrar ahora mismo. Si no vuelve en unos minutos, abra de nuevo el enlace más tarde.',
  cannot_show_once: 'Si acaba de pagar, por favor, no pague una segunda vez.',
  setup_unusable_link_lead:
    'Quizá esté incompleto o no sea para esta página. Vuelva al comercio que le ha enviado y empiece allí de nuevo.',
  setup_refused_press_lead:
    'La página estuvo abierta demasiado tiempo o se abrió de otra manera. No se ha guardado nada. Abra de nuevo el enlace.',
  setup_back_from_checkout_title: 'Puede cerrar esta página',
  setup_back_from_checkout_lead:
    'Si acaba de introducir su forma de pago, está de camino a nosotros. Para ver qué está guardado, abra de nuevo el enlace.',
  setup_cookies_needed_lead:
    'Esta página se abre con el enlace que recibió y necesita una cookie que su navegador no envió: quizá bloquee las cookies, o el enlace se abrió hace demasiado tiempo. Abra de nuevo el enlace en su navegador habitual, como Chrome, Firefox o Safari, y permita allí las cookies.',
  setup_no_checkout_lead:
    'La página de nuestro proveedor de pagos todavía no se ha podido abrir. Al pulsar ahora no se ha guardado nada. Esta página vuelve sola en un momento, y puede volver a intentarlo.',
  setup_no_checkout_back: 'Volver',
};
