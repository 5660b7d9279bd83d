import type { TemplateResult } from 'lit-html';
import { html, nothing } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Actions } from './actions.js';
import type { PageLocation } from './location.js';
import { writeLocation } from './location.js';
import { showDetail } from './scrolling.js';
import type { ListedFlag, PageState } from './session.js';
import { visible } from '../visible.js';
import { formatTime, formatValue, formatKey } from './values.js';

/** The list of all flags, each a link to its location. */
export function flagsView(
  { flags, query, location }: PageState,
  chosen: string | undefined,
  { search, goTo }: Actions,
): TemplateResult {
  const onInput = ({ target }: { readonly target: HTMLInputElement }) => search(target.value);
  return html`
    <nav aria-label="Flags">
      <label class="search">
        <span>Find a flag</span>
        <input type="search" .value=${query} autocomplete="off" spellcheck="false" @input=${onInput} />
      </label>
      ${guard([flags, query, location, chosen], () => listView(flags, query, location, chosen, goTo))}
    </nav>
  `;
}

function listView(
  flags: readonly ListedFlag[],
  query: string,
  location: PageLocation,
  chosen: string | undefined,
  goTo: Actions['goTo'],
): TemplateResult {
  const wanted = query.toLowerCase();
  const found = flags.filter(({ key }) => key.toLowerCase().includes(wanted));
  return html`
    <ul class="flags">
      ${repeat(
        found,
        ({ key }) => key,
        (flag) => {
          const choose = (now: PageLocation) => ({ ...now, flag: flag.key });
          return flagLink(flag, writeLocation(choose(location)), flag.key === chosen, () => {
            goTo(choose, true);
            showDetail();
          });
        },
      )}
    </ul>
    ${found.length === 0 ? html`<p class="quiet">None.</p>` : nothing}
  `;
}

/** More than fits into a line. */
const shownLength = 100;

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
        <span class="key">${formatKey(key)}</span>
        <span class="now">${visible(formatValue(value).slice(0, shownLength))}</span>
        <span class="quiet">${type}</span>
        <span class="quiet">${changedAt ? `changed ${formatTime(changedAt)}` : nothing}</span>
      </a>
    </li>
  `;
}
