import type { User } from 'configcat-rx';
import escape from 'escape-html';
import type { Flags } from './flags.js';

/** What a page shows of its flags. The browser puts the texts where they belong. */
export interface View {
  readonly isDark: boolean;
  readonly texts: Readonly<Record<string, string>>;
}

const fare = 36;

export function viewOf(flags: Flags): View {
  const discount = fare * flags.discountRate;
  const values = Object.entries(flags).map(([key, value]): [string, string] => [`flag-${key}`, String(value)]);
  return {
    isDark: flags.darkMode,
    texts: {
      ...Object.fromEntries(values),
      greeting: flags.greeting,
      rate: `${Math.round(flags.discountRate * 100)} %`,
      discount: `−${euros(discount)}`,
      total: euros(fare - discount),
      crossing: flags.expressDelivery ? '40 minutes' : '2 hours',
      button: flags.newCheckout ? 'Buy with one click' : 'Choose your seats',
      limit: `${flags.uploadLimitMb} MB`,
    },
  };
}

/** The page as a visitor gets it: complete before any script runs. */
export function renderPage(flags: Flags, { identifier, country, custom }: User): string {
  const { isDark, texts } = viewOf(flags);
  const slot = (name: string) => html`<span data-slot="${name}">${texts[name] ?? ''}</span>`;
  const rows = Object.keys(flags).map(
    (key) =>
      html`<tr>
        <th scope="row"><code>${key}</code></th>
        <td>${slot(`flag-${key}`)}</td>
      </tr>`,
  );
  return html`<!doctype html>
    <html lang="en" class="${isDark ? 'dark' : ''}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Island Ferry</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/style.css" />
        <script type="module" src="/page.js"></script>
      </head>
      <body>
        <header>
          <strong>Island Ferry</strong>
          <form method="post" action="/plan">
            <button>${custom?.plan === 'pro' ? 'Leave the club' : 'Join the club'}</button>
          </form>
          <form method="post" action="/somebody-else"><button>Be somebody else</button></form>
        </header>
        <main>
          <h1>${slot('greeting')}, traveller</h1>
          <p class="quiet">
            You are <code>${identifier.slice(0, 8)}</code>, reading from ${country ?? 'somewhere'}, plan
            “${String(custom?.plan)}”. Another visitor may see another page.
          </p>
          <div class="cards">
            <section>
              <h2>To the island</h2>
              <dl>
                <dt>Two adults, one bicycle</dt>
                <dd>${euros(fare)}</dd>
                <dt>Discount ${slot('rate')}</dt>
                <dd>${slot('discount')}</dd>
                <dt>Crossing</dt>
                <dd>${slot('crossing')}</dd>
                <dt class="total">Total</dt>
                <dd class="total">${slot('total')}</dd>
              </dl>
              <button class="primary" type="button">${slot('button')}</button>
              <p class="quiet">Send us photos of your crossing, up to ${slot('limit')}.</p>
            </section>
            <section>
              <h2>Your flags</h2>
              <table>
                <tbody>
                  ${rows}
                </tbody>
              </table>
            </section>
          </div>
        </main>
        <footer data-state="waiting"><span class="dot"></span><span id="state">Not live yet</span></footer>
      </body>
    </html>`.text;
}

/** Text that is HTML already. */
interface Html {
  readonly text: string;
}

/** HTML in which everything that is put in is escaped, except for HTML. */
function html(parts: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  const written = values.map((value) => {
    if (typeof value === 'string') return escape(value);
    return 'text' in value ? value.text : value.map(({ text }) => text).join('');
  });
  return { text: String.raw({ raw: parts }, ...written) };
}

function euros(amount: number): string {
  return `€${amount.toFixed(2)}`;
}
