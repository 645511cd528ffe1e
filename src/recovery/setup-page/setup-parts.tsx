import type { SetupPageRow } from '../../store/setup/setup-page.ts';
import { CheckAgain, Heading } from '../page/page-parts.tsx';
import type { MandateTexts } from '../words/mandate-texts.ts';
import type { PageState, SetupPageFacts, SetupPageState, SetupPageTexts } from '../words/texts.ts';
import type { SetupPageContent } from './setup-state.ts';

/** The payment page's pictures mean the same here. */
const MARKS: Readonly<Record<SetupPageState, PageState>> = {
  to_accept: 'to_confirm',
  to_save: 'to_confirm',
  processing: 'processing',
  saved: 'paid',
  not_in_use: 'failed_try',
  expired: 'expired',
  canceled: 'canceled',
  failed: 'failed_try',
};

export type SetupPage = {
  readonly row: SetupPageRow;
  readonly view: SetupPageContent;
  readonly texts: SetupPageTexts;
  readonly facts: SetupPageFacts;
  /** Of a bank account. */
  readonly mandate: MandateTexts | null;
  /** `/s/page/<setup>`. */
  readonly path: string;
  readonly form_token: string;
};

/** While there is something to press: what we ask for, then its terms and the button. Afterwards: how it ended. */
export function Setup(page: SetupPage) {
  const { view, texts } = page;
  if (view.offer === null) return <Ending {...page} />;
  return (
    <div class="pay">
      <section class="bill">
        <Heading state={view.state} mark={MARKS[view.state]} texts={texts} />
        <Agreement {...page} />
      </section>
      <section class="act" aria-label={texts.labels.terms}>
        <Terms {...page} />
        <SetupForm {...page} />
        <p class="end">
          <BackLink {...page} />
        </p>
      </section>
    </div>
  );
}

function Ending(page: SetupPage) {
  const { view, texts } = page;
  return (
    <div class="act">
      <Heading state={view.state} mark={MARKS[view.state]} texts={texts} />
      {view.state === 'saved' ? <Terms {...page} /> : null}
      <CheckAgain {...page} />
      <p class="end">
        <BackLink {...page} />
      </p>
    </div>
  );
}

/** The agreement, word by word as the merchant wrote it. */
function Agreement({ row, texts, mandate }: SetupPage) {
  return (
    <>
      <h2>{texts.labels.agreement}</h2>
      <blockquote data-testid="consent-text">{row.text}</blockquote>
      {mandate === null ? null : <Mandate {...mandate} />}
      <p class="fine">{texts.withdraw}</p>
    </>
  );
}

/** The scheme's own words, and where its agreement stands. */
function Mandate({ heading, text, agreement }: MandateTexts) {
  return (
    <>
      <h2>{heading}</h2>
      <blockquote data-testid="mandate-text">{text}</blockquote>
      {agreement === null ? null : (
        <p class="fine">
          <a href={agreement.url} rel="noreferrer" target="_blank">
            {agreement.label}
          </a>
        </p>
      )}
    </>
  );
}

/** The terms of the agreement in our words; how the amount is found, in the merchant's. */
function Terms({ row, view, texts, facts }: SetupPage) {
  const { labels } = texts;
  const rows = [
    { label: labels.card, value: facts.card },
    { label: labels.account, value: facts.account },
    { label: labels.amount_basis, value: row.amount_basis },
    { label: labels.limits, value: texts.limits },
    { label: labels.frequency, value: texts.frequency },
    { label: labels.scope, value: texts.scope },
    { label: labels.accepted, value: facts.accepted },
    { label: labels.until, value: view.offer === null ? null : facts.until },
  ].filter((each) => each.value !== null);
  return (
    <dl class="terms">
      {rows.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function SetupForm({ view, texts, path, form_token }: SetupPage) {
  const { offer } = view;
  if (offer === null) return null;
  return (
    <form method="post" action={`${path}/accept`}>
      <input type="hidden" name="form_token" value={form_token} />
      {offer === 'save' ? null : <p class="fine">{texts.accept_hint}</p>}
      <button type="submit" data-testid={offer === 'save' ? 'continue' : 'accept'}>
        {texts[offer]}
      </button>
      {offer === 'accept' ? null : <p class="fine">{texts.save_hint}</p>}
    </form>
  );
}

/** A button once there is nothing else to press. */
function BackLink({ row, view, texts }: SetupPage) {
  const is_last = view.offer === null && !view.check_again;
  return (
    <a class={is_last ? 'button' : undefined} href={row.return_url} rel="noreferrer" data-testid="back">
      {view.offer === null ? texts.back : texts.not_now}
    </a>
  );
}
