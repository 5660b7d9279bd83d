import type { TemplateResult } from 'lit-html';
import { html, nothing } from 'lit-html';
import { treeOf } from '../tree.js';
import type { Actions } from './actions.js';
import { flagsView } from './flags-view.js';
import { rolloutView } from './rollout-view.js';
import type { PageState } from './session.js';
import { statusView } from './status-view.js';
import { timelineView } from './timeline-view.js';
import { treeView } from './tree-view.js';
import { userView } from './user-view.js';
import { show } from './values.js';

/** The whole page. */
export function pageView(state: PageState, actions: Actions): TemplateResult {
  const { place, flags, health } = state;
  const flag = flags.find(({ key }) => key === place.flag) ?? flags[0];
  return html`
    <a class="skip" href="#detail" @click=${skipToDetail}>To the flag</a>
    ${statusView(state, actions)}
    <div class="columns">
      <div class="side">${userView(state, actions)} ${flagsView(state, flag?.key, actions)}</div>
      <main id="detail" tabindex="-1">
        ${
          flag
            ? flagView(flag.key, state, actions)
            : html`<p class="quiet">
                ${health.status.cacheState === 'no-flag-data' ? 'There is no config yet.' : 'This config has no flags.'}
              </p>`
        }
        ${
          place.flag !== undefined && flag && flag.key !== place.flag
            ? html`<p class="quiet" role="status">There is no flag “${place.flag}” any more; this is the first one.</p>`
            : nothing
        }
        ${timelineView(state)}
      </main>
    </div>
  `;
}

/** Links behind the `#` are places here, so the browser does not jump by itself. */
function skipToDetail(event: Event): void {
  event.preventDefault();
  document.getElementById('detail')?.focus();
}

function flagView(key: string, state: PageState, actions: Actions): TemplateResult {
  const { snapshot, config, user } = state;
  const explanation = snapshot.explain(key, user);
  const { value, variationId, errorMessage } = explanation;
  return html`
    <section aria-labelledby="flag-title">
      <header class="flag-header">
        <h1 id="flag-title">${key}</h1>
        <p class="value" data-testid="value">${show(value)}</p>
        ${variationId === undefined ? nothing : html`<p class="quiet">variation <code>${variationId}</code></p>`}
      </header>
      ${errorMessage === undefined ? nothing : html`<p class="error" role="alert">${errorMessage}</p>`}
      <h2>Why</h2>
      ${treeView(treeOf(explanation, config))}
    </section>
    ${rolloutView(key, state, actions)}
  `;
}
