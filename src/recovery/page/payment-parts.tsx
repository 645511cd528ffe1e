/** One bill on a customer's page: what it is, how it stands, and the forms that its state allows. */
import type { Facts, PageTexts, SeveralTexts } from '../words/texts.ts';
import { CheckAgain, FreshMailForm, Heading } from './page-parts.tsx';
import type { PageView } from './page-state.ts';

export type BillOnPage = {
  readonly charge_id: string;
  readonly view: PageView;
  readonly texts: PageTexts;
  readonly facts: Facts;
  /** `/r/page/<recovery>`. */
  readonly path: string;
  readonly form_token: string;
  /** The newest attempt of which this page tells: a press asks for one after it. */
  readonly seen_attempt: number;
  /** The words of the box for later bills. */
  readonly future_use_text: string;
};

/** `€99,999.99`; a longer sum is set smaller, because we never break a sum. */
const AMOUNT_LENGTH_USUAL = 11;

/** The payment that the page is about, and below it what else is open. */
export function Bills({
  first,
  others,
  texts,
}: {
  readonly first: BillOnPage;
  readonly others: readonly BillOnPage[];
  readonly texts: SeveralTexts;
}) {
  return (
    <>
      <Payment {...first} is_first />
      {others.length === 0 ? null : <h2 class="also">{texts.also_open}</h2>}
      {others.map((other) => (
        <Payment key={other.charge_id} {...other} is_first={false} />
      ))}
      {texts.and_more === null ? null : <p class="fine also">{texts.and_more}</p>}
    </>
  );
}

type Placed = BillOnPage & { readonly is_first: boolean };

/** What the customer sees of one payment, and the buttons that its state allows. */
function Payment(page: Placed) {
  const { view, texts, facts, is_first } = page;
  const is_open = mayPay(view) || view.replace;
  return (
    <div class={is_first ? 'pay' : 'pay other'} data-charge={page.charge_id}>
      <Bill texts={texts} facts={facts} is_first={is_first} />
      <div class="act">
        <Heading state={view.state} mark={view.state} texts={texts} is_first={is_first} />
        <PayForm {...page} />
        <CheckAgain {...page} />
        {view.fresh_mail ? <FreshMailForm label={texts.fresh_mail} /> : null}
        <SavedForm {...page} />
        <ReplaceForm {...page} />
        {view.replace_refused ? <p class="fine last">{texts.replace_refused}</p> : null}
        {is_open ? <p class="fine last">{texts.otherwise}</p> : null}
      </div>
    </div>
  );
}

/** What the customer pays, visible before anything else. */
function Bill({ texts, facts, is_first }: Pick<Placed, 'texts' | 'facts' | 'is_first'>) {
  const method = facts.new_method ?? facts.account ?? facts.card;
  const { number, date, url } = facts.document;
  return (
    // Several regions of one name would not tell anybody apart what is in them.
    <section class="bill" aria-label={is_first ? texts.labels.bill : undefined}>
      <p class={facts.amount.length > AMOUNT_LENGTH_USUAL ? 'amount long' : 'amount'}>{facts.amount}</p>
      <p class="what">{facts.description}</p>
      <dl>
        {method === null ? null : <Fact label={texts.labels.method}>{method}</Fact>}
        {number === null ? null : <Fact label={texts.labels.document}>{number}</Fact>}
        {date === null ? null : <Fact label={texts.labels.dated}>{date}</Fact>}
      </dl>
      {url === null ? null : (
        <p class="what">
          <a href={url} rel="noreferrer">
            {texts.labels.read_document}
          </a>
        </p>
      )}
    </section>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function PayForm({ view, texts, path, form_token, seen_attempt, future_use_text }: BillOnPage) {
  if (view.confirm === null && view.pay_replacement === null) return null;
  const with_new_card = view.pay_replacement !== null;
  const confirm = view.confirm === 'continue' ? texts.continue_at_bank : texts.confirm;
  return (
    <form method="post" action={`${path}/confirm`}>
      <input type="hidden" name="form_token" value={form_token} />
      <input type="hidden" name="seen_attempt" value={seen_attempt} />
      {view.pay_replacement === null ? null : (
        <input type="hidden" name="replacement" value={view.pay_replacement} />
      )}
      {view.future_use_box ? (
        <label class="box">
          <input type="checkbox" name="future_use" value="yes" />
          <span>{future_use_text}</span>
        </label>
      ) : null}
      <button type="submit" data-testid={with_new_card ? 'pay-replacement' : 'confirm'}>
        {with_new_card ? texts.pay_with : confirm}
      </button>
      <p class="fine">{texts.press_hint}</p>
    </form>
  );
}

/** Another card of theirs is on file: it pays this without being entered again. */
function SavedForm({ view, texts, path, form_token, seen_attempt }: BillOnPage) {
  if (view.pay_saved === null) return null;
  const is_second = view.confirm !== null;
  return (
    <form method="post" action={`${path}/confirm`} class={is_second ? 'or' : undefined}>
      <input type="hidden" name="form_token" value={form_token} />
      <input type="hidden" name="seen_attempt" value={seen_attempt} />
      <input type="hidden" name="saved" value={view.pay_saved} />
      <button type="submit" data-testid="pay-saved" class={is_second ? 'second' : undefined}>
        {texts.pay_with_saved}
      </button>
      <p class="fine">{texts.saved_hint}</p>
    </form>
  );
}

function mayPay({ confirm, pay_replacement, pay_saved }: PageView): boolean {
  return confirm !== null || pay_replacement !== null || pay_saved !== null;
}

function ReplaceForm({ view, texts, path, form_token }: BillOnPage) {
  if (!view.replace) return null;
  const is_second = mayPay(view);
  return (
    <form method="post" action={`${path}/replace`} class={is_second ? 'or' : undefined}>
      <input type="hidden" name="form_token" value={form_token} />
      <button type="submit" data-testid="replace" class={is_second ? 'second' : undefined}>
        {view.pay_replacement === null ? texts.replace : texts.replace_again}
      </button>
      <p class="fine">{texts.accept_amount}</p>
    </form>
  );
}
