import type { Catalogue } from '../languages.ts';

/** The pages that are the same for every visitor, in Dutch. */
export const noticesNl: Catalogue['notices'] = {
  unusable_link_title: 'Deze link kan niet worden gebruikt',
  unusable_link_lead:
    'Hij is misschien onvolledig, verlopen of vervangen door een nieuwere. Als hij van u was, kunt u een nieuwe vragen; die gaat naar het adres dat bij ons bekend is.',
  unusable_link_button: 'Stuur mij een nieuwe link',
  mail_asked_title: 'Kijk in uw inbox',
  mail_asked_lead:
    'Als die link bij een betaling hoorde die nog openstaat, en e-mails aankomen op het bekende adres, is er een met een werkende link onderweg. We sturen er hoogstens één per uur. Als er geen komt, schrijf ons dan.',
  cookies_needed_title: 'Open de link in uw browser',
  cookies_needed_lead:
    'Deze pagina opent met de link in onze e-mail en heeft een cookie nodig, die uw browser niet heeft gestuurd: misschien blokkeert hij cookies, of de link is te lang geleden geopend. Open de link opnieuw in uw gewone browser, zoals Chrome, Firefox of Safari, en sta daar cookies toe.',
  back_from_bank_title: 'Terug van uw bank',
  back_from_bank_heading: 'U kunt deze pagina sluiten',
  back_from_bank_lead:
    'Als u net bij uw bank was, laat die ons het resultaat rechtstreeks weten. Open de link in onze e-mail opnieuw om te zien hoe uw betaling ervoor staat.',
  refused_press_title: 'Dat werkte niet',
  refused_press_lead:
    'De pagina stond te lang open of is op een andere manier geopend. Open de link in onze e-mail opnieuw.',
  unsent_title: 'Een ogenblik',
  unsent_heading: 'Een ogenblik, alstublieft',
  unsent_lead:
    'Door zojuist te klikken is er niets naar uw bank gestuurd. De pagina van uw betaling komt zo vanzelf terug en laat zien wat u kunt doen.',
  unsent_back: 'Terug naar uw betaling',
  checking_title: 'We controleren uw betaling',
  checking_lead:
    'We weten nog niet of ze is gelukt. Betaal alstublieft niet een tweede keer: de pagina van uw betaling komt zo vanzelf terug en zegt hoe het ervoor staat.',
  checking_back: 'Opnieuw kijken',
  no_checkout_title: 'Een ogenblik',
  no_checkout_heading: 'Een ogenblik, alstublieft',
  no_checkout_lead:
    'De pagina van onze betaaldienstverlener kon nog niet worden geopend. Door zojuist te klikken is er niets naar uw bank gestuurd. De pagina van uw betaling komt zo vanzelf terug, en daar kunt u het opnieuw proberen.',
  no_checkout_back: 'Terug naar uw betaling',
  not_taken_title: 'Een ogenblik',
  not_taken_heading: 'Een ogenblik, alstublieft',
  not_taken_lead: 'Dat lukte zojuist niet. Ga alstublieft terug en probeer het over een minuut opnieuw.',
  cannot_show_title: 'Een ogenblik',
  cannot_show_heading: 'Een ogenblik, alstublieft',
  cannot_show_lead:
    'Deze pagina kan nu niet worden getoond. Als ze niet binnen enkele minuten terugkomt, open de link dan later opnieuw.',
  cannot_show_once: 'Als u net hebt betaald, betaal dan alstublieft niet een tweede keer.',
  setup_unusable_link_lead:
    'Hij is misschien onvolledig of niet voor deze pagina bedoeld. Ga terug naar de winkel die u hierheen stuurde en begin daar opnieuw.',
  setup_refused_press_lead:
    'De pagina stond te lang open of is op een andere manier geopend. Er is niets opgeslagen. Open de link opnieuw.',
  setup_back_from_checkout_title: 'U kunt deze pagina sluiten',
  setup_back_from_checkout_lead:
    'Als u net hebt ingevoerd hoe u betaalt, is dat onderweg naar ons. Open de link opnieuw om te zien wat er is opgeslagen.',
  setup_cookies_needed_lead:
    'Deze pagina opent met de link die u hebt gekregen en heeft een cookie nodig, die uw browser niet heeft gestuurd: misschien blokkeert hij cookies, of de link is te lang geleden geopend. Open de link opnieuw in uw gewone browser, zoals Chrome, Firefox of Safari, en sta daar cookies toe.',
  setup_no_checkout_lead:
    'De pagina van onze betaaldienstverlener kon nog niet worden geopend. Door zojuist te klikken is er niets opgeslagen. Deze pagina komt zo vanzelf terug, en u kunt het opnieuw proberen.',
  setup_no_checkout_back: 'Terug',
};
