/** The few pictures of the pages: inline, because nothing is loaded, and hidden from screen readers: words say it. */
import type { PageState } from '../words/texts.ts';

const LOCK =
  'M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z';

/** By state; a payment that waits for its customer needs no picture. */
const MARKS: Readonly<Record<PageState, string | null>> = {
  to_confirm: null,
  at_bank: 'M4 10l8-5 8 5M6 10v7M10 10v7M14 10v7M18 10v7M4 20h16',
  paid: 'M5 12.5l4.5 4.5L19 7.5',
  processing: 'M12 7v5l3 2M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z',
  expired: 'M7 4h10M7 20h10M8 4v3l4 5-4 5v3M16 4v3l-4 5 4 5v3',
  canceled: 'M7 7l10 10M17 7L7 17',
  failed_try: 'M12 6v7M12 17.5v.1',
  unfinished: 'M12 6v7M12 17.5v.1',
  ask_merchant: 'M12 6v7M12 17.5v.1',
};

export function Mark({ state }: { readonly state: PageState }) {
  const path = MARKS[state];
  if (path === null) return null;
  return (
    <p class={`mark mark-${state}`} aria-hidden="true">
      <Icon path={path} size={24} />
    </p>
  );
}

/** For the line that says where to enter card numbers. */
export function Lock() {
  return <Icon path={LOCK} size={18} />;
}

function Icon({ path, size }: { readonly path: string; readonly size: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}
