import type { TemplateResult } from 'lit-html';
import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Actions } from './actions.js';
import type { Place } from './location.js';
import { writePlace } from './location.js';
import type { ListedFlag, PageState } from './session.js';
import { clock, show } from './values.js';

/** All flags, each a link to its place. */
export function flagsView(
  { flags, query, place }: PageState,
  chosen: string | undefined,
  { search, goTo }: Actions,
): TemplateResult {
  const wanted = query.toLowerCase();
  const found = flags.filter(({ key }) => key.toLowerCase().includes(wanted));
  const onInput = ({ target }: { readonly target: HTMLInputElement }) => search(target.value);
  return html`
    <nav aria-label="Flags">
      <label class="search">
        <span>Find a flag</span>
        <input type="search" .value=${query} autocomplete="off" spellcheck="false" @input=${onInput} />
      </label>
      <ul class="flags">
        ${repeat(
          found,
          ({ key }) => key,
          (flag) => {
            const choose = (now: Place) => ({ ...now, flag: flag.key });
            return flagLink(flag, writePlace(choose(place)), flag.key === chosen, () => goTo(choose, true));
          },
        )}
      </ul>
      ${found.length === 0 ? html`<p class="quiet">None.</p>` : nothing}
    </nav>
  `;
}

function flagLink(
  { key, type, value, changedAt }: ListedFlag,
  address: string,
  isChosen: boolean,
  choose: () => void,
): TemplateResult {
  const onClick = (event: MouseEvent) => {
    // Opening it in another tab is the browser's own affair.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    choose();
  };
  return html`
    <li>
      <a href=${address} aria-current=${isChosen ? 'page' : nothing} @click=${onClick}>
        <span class="key">${key}</span>
        <span class="now">${show(value)}</span>
        <span class="quiet">${type}</span>
        <span class="quiet">${changedAt ? `changed ${clock(changedAt)}` : nothing}</span>
      </a>
    </li>
  `;
}
