/**
 * A merchant's logo and colour, on pages and in mails. Whatever the colour is, what is written on it can be read: black and white
 * never both fall short of 4.5:1 (https://www.w3.org/TR/WCAG22/#contrast-minimum).
 */

/** Both null: as we look without them. */
export type Brand = {
  /** Whole, https or at our own address. */
  readonly logo_url?: string | null;
  /** `#1f4fc4` */
  readonly color?: string | null;
};

/** A colour with what is written on it, and what it becomes below a pointer. */
export type Paint = { readonly color: string; readonly ink: '#ffffff' | '#000000'; readonly deep: string };

/** The least that text needs, and the least that the edge of a button needs (WCAG 1.4.3 and 1.4.11). */
const TEXT_MIN = 4.5;
const EDGE_MIN = 3;
/** Away from the ink, so that what is pressed can be read better, never worse. */
const DEEPER = 0.14;

/** How a merchant's colour is used; null without one. */
export function paintOf({ color }: Brand): Paint | null {
  if (color == null) return null;
  const ink = contrastOf('#ffffff', color) >= TEXT_MIN ? '#ffffff' : '#000000';
  return { color, ink, deep: mixed(color, ink === '#ffffff' ? 0 : 255, DEEPER) };
}

/** Whether a button of this colour can be told from what it lies on. */
export function standsOut(color: string, ground: string): boolean {
  return contrastOf(color, ground) >= EDGE_MIN;
}

/** From 1 to 21 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). */
export function contrastOf(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(color)
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channelsOf(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}

function mixed(color: string, towards: number, share: number): string {
  const channels = channelsOf(color).map((value) => Math.round(value + (towards - value) * share));
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
