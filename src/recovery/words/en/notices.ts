/** The pages that are the same for every visitor, in English. */
export const noticesEn = {
  unusable_link_title: 'This link cannot be used',
  unusable_link_lead:
    'It may be incomplete, out of date, or replaced by a newer one. If it was yours, you can ask for a fresh one, which goes to the address we have on file.',
  unusable_link_button: 'Send me a fresh link',
  mail_asked_title: 'Look in your inbox',
  mail_asked_lead:
    'If that link belonged to a payment that is still open, and mails reach the address on file, one with a working link is on its way there. We send at most one an hour. If none comes, please write to us.',
  cookies_needed_title: 'Please open the link in your browser',
  cookies_needed_lead:
    'This page opens with the link in our mail and needs a cookie, which your browser did not send: it may block cookies, or the link was opened too long ago. Open the link again in your usual browser, such as Chrome, Firefox or Safari, and allow cookies there.',
  back_from_bank_title: 'Back from your bank',
  back_from_bank_heading: 'You can close this page',
  back_from_bank_lead:
    'If you have just been at your bank, it tells us the result directly. To see where your payment stands, open the link in our mail again.',
  refused_press_title: 'That did not work',
  refused_press_lead:
    'The page was open for too long, or was opened in another way. Open the link in our mail again.',
  unsent_title: 'One moment',
  unsent_heading: 'One moment, please',
  unsent_lead:
    'Nothing was sent to your bank by pressing just now. Your payment’s page comes back by itself in a moment, and shows what you can do.',
  unsent_back: 'Back to your payment',
  checking_title: 'We are checking your payment',
  checking_lead:
    'We do not know yet whether it went through. Please do not pay a second time: your payment’s page comes back by itself in a moment, and says how it stands.',
  checking_back: 'Check again',
  no_checkout_title: 'One moment',
  no_checkout_heading: 'One moment, please',
  no_checkout_lead:
    'Our payment provider’s page could not be opened yet. Nothing was sent to your bank by pressing just now. Your payment’s page comes back by itself in a moment, and you can try again there.',
  no_checkout_back: 'Back to your payment',
  not_taken_title: 'One moment',
  not_taken_heading: 'One moment, please',
  not_taken_lead: 'That could not be done just now. Please go back and try again in a minute.',
  cannot_show_title: 'One moment',
  cannot_show_heading: 'One moment, please',
  cannot_show_lead:
    'This page cannot be shown right now. If it does not come back within a few minutes, open the link again later.',
  cannot_show_once: 'If you have just paid, please do not pay a second time.',
  setup_unusable_link_lead:
    'It may be incomplete, or not be meant for this page. Go back to the shop that sent you and start again there.',
  setup_refused_press_lead:
    'The page was open for too long, or was opened in another way. Nothing was saved. Open the link again.',
  setup_back_from_checkout_title: 'You can close this page',
  setup_back_from_checkout_lead:
    'If you have just entered how you pay, that is on its way to us. To see what is saved, open the link again.',
  setup_cookies_needed_lead:
    'This page opens with the link that you were given and needs a cookie, which your browser did not send: it may block cookies, or the link was opened too long ago. Open the link again in your usual browser, such as Chrome, Firefox or Safari, and allow cookies there.',
  setup_no_checkout_lead:
    'Our payment provider’s page could not be opened yet. Nothing was saved by pressing just now. This page comes back by itself in a moment, and you can try again there.',
  setup_no_checkout_back: 'Go back',
};
