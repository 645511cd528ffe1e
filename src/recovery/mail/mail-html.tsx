import { render } from 'preact-render-to-string';
import { type Brand, type Paint, paintOf, standsOut } from '../words/brand.ts';
import type { BillTexts, Headline, MailTexts } from '../words/texts.ts';

const INK = '#131a24';
const SOFT = '#56606e';
const LINE = '#e1e5ea';
const EDGE = '#7d8794';
const GROUND = '#f1f3f6';
const ACCENT = '#1f4fc4';
/** The name stands beside it, so that nothing is lost where images are not shown. */
const LOGO = 'display:block;height:36px;max-width:160px;border:0';
const FONT = "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const FULL = {
  role: 'presentation',
  width: '100%',
  cellPadding: '0',
  cellSpacing: '0',
} as const;

/**
 * For mail programs that support style sheets: narrow windows, and dark mode. Without it the mail is light and
 * complete.
 */
const styleOf = (paint: Paint | null, has_logo: boolean) => `
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (max-width:480px){.in{padding:24px 20px!important}.row{width:100%!important}.press a{display:block!important}}
@media (prefers-color-scheme:dark){
body,.ground{background:#0d1117!important}.card{background:#171d26!important;border-color:#2b3441!important}
.ink{color:#eef2f7!important}.soft{color:#a4afbd!important}.line{border-color:#2b3441!important}
${accentByNight(paint)}${has_logo ? '\n.logo{background:#ffffff!important;border-radius:4px!important}' : ''}
}`;

/** A merchant's colour is the same by night. */
function accentByNight(paint: Paint | null): string {
  const { color, ink } = paint ?? { color: '#8db4ff', ink: '#0a1733' };
  const edge =
    paint === null || standsOut(color, '#171d26') ? '' : `.press{border:1px solid ${EDGE}!important}`;
  return `${edge}.press{background:${color}!important}.press a{color:${ink}!important}.tile{background:${color}!important;color:${ink}!important}`;
}

type Content = {
  readonly texts: MailTexts;
  readonly headline: Headline;
  readonly link: string | null;
  readonly lang: string;
  readonly brand?: Brand;
};

/** The HTML part of a mail: tables and inline styles, and nothing to load but the merchant's logo, if there is one. */
export function renderMailHtml(content: Content): string {
  return `<!doctype html>${render(<Mail {...content} />)}`;
}

function Mail({ texts, headline, link, lang, brand = {} }: Content) {
  const paint = paintOf(brand);
  const logo_url = brand.logo_url ?? null;
  return (
    <html lang={lang}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>{texts.subject}</title>
        <style dangerouslySetInnerHTML={{ __html: styleOf(paint, logo_url !== null) }} />
      </head>
      <body class="ground" style={`margin:0;padding:0;background:${GROUND};color:${INK};font-family:${FONT}`}>
        {/* The line that inboxes show behind the subject. */}
        <div style="display:none;max-height:0;overflow:hidden;opacity:0">{texts.paragraphs.at(-1)}</div>
        <table {...FULL} class="ground" style={`background:${GROUND}`}>
          <tr>
            <td align="center" style="padding:28px 12px 32px;word-break:break-word">
              <table {...FULL} style="max-width:540px">
                <Sender merchant={headline.merchant} paint={paint} logo_url={logo_url} />
                <tr>
                  <td
                    class="card in"
                    style={`padding:36px;background:#ffffff;border:1px solid ${LINE};border-radius:16px`}
                  >
                    <Card texts={texts} headline={headline} link={link} paint={paint} />
                  </td>
                </tr>
                <tr>
                  <td class="soft" style={`padding:20px 6px 0;font-size:13px;line-height:1.55;color:${SOFT}`}>
                    {texts.contact}
                  </td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html>
  );
}

type Painted = { readonly paint: Paint | null };
type SenderOf = Painted & { readonly merchant: string; readonly logo_url: string | null };

function Sender({ merchant, paint, logo_url }: SenderOf) {
  const tile = `width:36px;height:36px;border-radius:10px;background:${paint?.color ?? ACCENT};color:${paint?.ink ?? '#ffffff'};font-weight:600;line-height:36px;text-align:center`;
  return (
    <tr>
      <td style="padding:0 6px 16px">
        <table role="presentation" cellPadding="0" cellSpacing="0">
          <tr>
            {logo_url === null ? (
              <td width="36" valign="top" aria-hidden="true">
                <div class="tile" style={tile}>
                  {[...merchant][0]?.toUpperCase() ?? ''}
                </div>
              </td>
            ) : (
              <td valign="middle">
                <img class="logo" src={logo_url} alt="" height="36" style={LOGO} />
              </td>
            )}
            <td
              class="ink"
              style={`padding-left:12px;font-size:16px;line-height:1.3;font-weight:600;color:${INK}`}
            >
              {merchant}
            </td>
          </tr>
        </table>
      </td>
    </tr>
  );
}

function Card({ texts, headline, link, paint }: Omit<Content, 'lang' | 'brand'> & Painted) {
  const text = `margin:0 0 14px;font-size:16px;line-height:1.55;color:${INK}`;
  return (
    <>
      <p
        class="ink"
        style={`margin:0;font-size:36px;line-height:1.15;font-weight:700;letter-spacing:-1px;color:${INK}`}
      >
        {headline.amount}
      </p>
      <p
        class="soft line"
        style={`margin:6px 0 24px;padding:0 0 24px;border-bottom:1px solid ${LINE};font-size:16px;line-height:1.5;color:${SOFT}`}
      >
        {headline.description}
      </p>
      <h1 class="ink" style={`margin:0 0 12px;font-size:21px;line-height:1.3;font-weight:650;color:${INK}`}>
        {texts.heading}
      </h1>
      {texts.paragraphs.map((paragraph) => (
        <p key={paragraph} class="ink" style={text}>
          <Sentence text={paragraph} />
        </p>
      ))}
      {texts.bills.map((bill) => (
        <Bill bill={bill} />
      ))}
      {texts.more === null ? null : (
        <p class="ink" style={text}>
          {texts.more}
        </p>
      )}
      {link !== null && texts.button !== null ? (
        <Press link={link} label={texts.button} paint={paint} />
      ) : null}
      <Details details={texts.details} />
      {texts.otherwise === null ? null : (
        <p class="soft" style={`margin:20px 0 0;font-size:14px;line-height:1.55;color:${SOFT}`}>
          {texts.otherwise}
        </p>
      )}
    </>
  );
}

/** One of several bills: what it is, what is asked, and until when. */
function Bill({ bill }: { readonly bill: BillTexts }) {
  const small = `margin:6px 0 0;font-size:14px;line-height:1.5;color:${SOFT}`;
  return (
    <table {...FULL} style="margin:0 0 12px">
      <tr>
        <td class="line" style={`padding:14px 16px;border:1px solid ${LINE};border-radius:12px`}>
          <p class="ink" style={`margin:0;font-size:18px;line-height:1.3;font-weight:650;color:${INK}`}>
            {bill.amount}
          </p>
          <p class="ink" style={`margin:2px 0 0;font-size:15px;line-height:1.45;color:${INK}`}>
            {bill.description}
          </p>
          {bill.document === null ? null : (
            <p class="soft" style={small}>
              {bill.document}
            </p>
          )}
          <p class="ink" style={`margin:8px 0 0;font-size:15px;line-height:1.5;color:${INK}`}>
            <Sentence text={bill.asks} />
          </p>
          <p class="soft" style={small}>
            {bill.otherwise}
          </p>
        </td>
      </tr>
    </table>
  );
}

/** A card's dots and digits stay together. */
function Sentence({ text }: { readonly text: string }) {
  const parts = text.split(/(•••• \d+)/);
  return (
    <>
      {parts.map((part) => (part.startsWith('••••') ? <span style="white-space:nowrap">{part}</span> : part))}
    </>
  );
}

/** A button that old mail programs draw as well: the table cell has the colour. */
function Press({ link, label, paint }: Painted & { readonly link: string; readonly label: string }) {
  const edge = paint === null || standsOut(paint.color, '#ffffff') ? '' : `;border:1px solid ${EDGE}`;
  return (
    <table class="row" role="presentation" cellPadding="0" cellSpacing="0" style="margin:24px 0 26px">
      <tr>
        <td
          class="press"
          align="center"
          style={`background:${paint?.color ?? ACCENT};border-radius:12px${edge}`}
        >
          <a
            href={link}
            style={`display:inline-block;padding:15px 30px;color:${paint?.ink ?? '#ffffff'};font-size:16px;line-height:1.4;font-weight:600;text-decoration:none`}
          >
            {label}
          </a>
        </td>
      </tr>
    </table>
  );
}

function Details({ details }: Pick<MailTexts, 'details'>) {
  if (details.length === 0) return null;
  const cell = `padding:11px 0;border-top:1px solid ${LINE};font-size:14px;line-height:1.5;vertical-align:top`;
  return (
    <table {...FULL} style="margin:20px 0 0">
      {details.map(({ label, value }) => (
        <tr key={label}>
          <td class="soft line" style={`${cell};padding-right:16px;white-space:nowrap;color:${SOFT}`}>
            {label}
          </td>
          <td class="ink line" align="right" style={`${cell};color:${INK}`}>
            {value}
          </td>
        </tr>
      ))}
    </table>
  );
}
