import { explain } from '../../explain.js';
import type { TemplateResult } from 'lit-html';
import { html, nothing } from 'lit-html';
import type { ClientStatus, SettingValue } from '../../index.js';
import { treeOf } from '../tree.js';
import { valueOf } from '../value.js';
import type { Actions } from './actions.js';
import { flagsView } from './flags-view.js';
import { rolloutView } from './rollout-view.js';
import { showList } from './scrolling.js';
import type { PageState } from './session.js';
import { statusView } from './status-view.js';
import { timelineView } from './timeline-view.js';
import { treeView } from './tree-view.js';
import { userView } from './user-view.js';
import { textView } from './text-view.js';
import { formatValue, formatKey } from './values.js';

/** The whole page. */
export function pageView(state: PageState, actions: Actions): TemplateResult {
  const { location, flags, fetchStatus } = state;
  const flag = flags.find(({ key }) => key === location.flag) ?? flags[0];
  return html`
    <a class="skip" href="#detail" @click=${skipToDetail}>To the flag</a>
    ${statusView(state, actions)}
    <div class="columns">
      <div class="side">${userView(state, actions)} ${flagsView(state, flag?.key, actions)}</div>
      <main id="detail" tabindex="-1">
        <button type="button" class="back" @click=${showList}>To the list of flags</button>
        ${
          flag
            ? flagView(flag.key, state, actions)
            : html`<p class="quiet" role="status">${emptyMessage(fetchStatus.status)}</p>`
        }
        ${
          location.flag !== undefined && flag && flag.key !== location.flag
            ? html`<p class="quiet" role="status">
                There is no flag “${formatKey(location.flag)}” any more; this is the first one.
              </p>`
            : nothing
        }
        ${timelineView(state)}
      </main>
    </div>
  `;
}

/** Why there are no flags to be seen. */
function emptyMessage({ cacheState, isFetching, lastError }: ClientStatus): string {
  if (cacheState !== 'no-flag-data') return 'This config has no flags.';
  if (lastError) return 'There is no config: the reason stands above.';
  return isFetching ? 'The config is being fetched…' : 'There is no config yet.';
}

/** Links behind the `#` are places here, so the browser does not jump by itself. */
function skipToDetail(event: Event): void {
  event.preventDefault();
  document.getElementById('detail')?.focus();
}

function flagView(key: string, state: PageState, actions: Actions): TemplateResult {
  const { snapshot, config, user } = state;
  if (key === '') {
    return html`
      <section aria-labelledby="flag-title">
        ${headerView(key, valueOf(snapshot, key, user), undefined)}
        <p class="quiet">Nobody can ask for a flag whose key is empty, so there is no more to be seen of it.</p>
      </section>
    `;
  }
  const explanation = explain(snapshot, key, user);
  const { value, variationId, errorMessage } = explanation;
  return html`
    <section aria-labelledby="flag-title">
      ${headerView(key, value, variationId)}
      ${errorMessage === undefined ? nothing : html`<p class="error" role="alert">${errorMessage}</p>`}
      <h2>Why</h2>
      ${treeView(treeOf(explanation, config))}
    </section>
    ${rolloutView(key, state, actions)}
  `;
}

function headerView(
  key: string,
  value: SettingValue | null | undefined,
  variationId: string | undefined,
): TemplateResult {
  return html`
    <header class="flag-header">
      <h1 id="flag-title">${key === '' ? formatKey(key) : textView(key)}</h1>
      <p class="value" data-testid="value">${textView(formatValue(value))}</p>
      ${variationId === undefined ? nothing : html`<p class="quiet">variation <code>${textView(variationId)}</code></p>`}
    </header>
  `;
}
