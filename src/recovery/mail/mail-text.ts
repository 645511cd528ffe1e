import type { MailTexts } from '../words/texts.ts';

const WIDTH = 72;

/** The plain part of a mail. It must suffice alone, for readers who never see the HTML part. */
export function renderMailText(texts: MailTexts, link: string | null, merchant_name: string): string {
  const parts = [texts.heading, ...texts.paragraphs];
  for (const { amount, description, document, asks, otherwise } of texts.bills)
    parts.push([`${amount} · ${description}`, document, asks, otherwise].filter(Boolean).join('\n'));
  if (texts.more !== null) parts.push(texts.more);
  if (link !== null && texts.button !== null) parts.push(`${texts.button}:\n${link}`);
  if (texts.otherwise !== null) parts.push(texts.otherwise);
  parts.push(texts.contact, `-- \n${merchant_name}`);
  return `${parts.map(wrapped).join('\n\n')}\n`;
}

/** Wraps at spaces; an address is never broken, because a broken link is a lost payment. */
function wrapped(paragraph: string): string {
  return paragraph.split('\n').map(wrapLine).join('\n');
}

function wrapLine(line: string): string {
  // A card's dots and digits stay together.
  return wrapWords(line.replace(/•••• (?=\d)/g, '••••\u00a0')).replaceAll('\u00a0', ' ');
}

function wrapWords(line: string): string {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > WIDTH) {
      lines.push(current);
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return [...lines, current].join('\n');
}
