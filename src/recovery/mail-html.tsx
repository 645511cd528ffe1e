import { render } from 'preact-render-to-string';
import type { Facts, MailTexts } from './texts.ts';

const INK = '#1c2430';
const SOFT = '#5b6675';
const LINE = '#dfe4ea';
const ACCENT = '#0b5cab';
const FONT = "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

type Content = {
  readonly texts: MailTexts;
  readonly facts: Facts;
  readonly link: string | null;
  readonly lang: string;
};

/** The HTML part of a mail: tables and inline styles only, nothing loaded from anywhere. */
export function renderMailHtml(content: Content): string {
  return `<!doctype html>${render(<Mail {...content} />)}`;
}

function Mail({ texts, facts, link, lang }: Content) {
  return (
    <html lang={lang}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light" />
        <title>{texts.subject}</title>
      </head>
      <body style={`margin:0;padding:24px 12px;background:#f3f5f8;color:${INK};font-family:${FONT}`}>
        <table role="presentation" width="100%" cellPadding="0" cellSpacing="0">
          <tr>
            <td align="center">
              <table
                role="presentation"
                width="100%"
                cellPadding="0"
                cellSpacing="0"
                style={`max-width:520px;background:#fff;border:1px solid ${LINE};border-radius:12px`}
              >
                <tr>
                  <td style="padding:28px 28px 24px">
                    <Body texts={texts} facts={facts} link={link} />
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

function Body({ texts, facts, link }: Omit<Content, 'lang'>) {
  const text = `margin:0 0 14px;font-size:16px;line-height:1.5`;
  const small = `margin:0 0 12px;font-size:14px;line-height:1.5;color:${SOFT}`;
  return (
    <>
      <p style={`margin:0 0 18px;font-size:14px;font-weight:600;color:${SOFT}`}>{facts.merchant}</p>
      <h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">{texts.heading}</h1>
      {texts.paragraphs.map((paragraph) => (
        <p key={paragraph} style={text}>
          {paragraph}
        </p>
      ))}
      {link !== null && texts.button !== null ? (
        <p style="margin:22px 0 24px">
          <a
            href={link}
            style={`display:inline-block;padding:13px 22px;background:${ACCENT};color:#fff;border-radius:8px;font-size:16px;font-weight:600;text-decoration:none`}
          >
            {texts.button}
          </a>
        </p>
      ) : null}
      {texts.otherwise === null ? null : <p style={small}>{texts.otherwise}</p>}
      <p style={`${small};margin:18px 0 0;padding-top:16px;border-top:1px solid ${LINE}`}>{texts.contact}</p>
    </>
  );
}
