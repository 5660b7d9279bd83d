import type { TemplateResult } from 'lit-html';
import { html, nothing } from 'lit-html';
import type { Actions } from './actions.js';
import type { PageState } from './session.js';
import { visible } from '../visible.js';
import { formatAge } from './values.js';

const states = {
  'no-flag-data': 'no config',
  'local-only': 'local',
  cached: 'cached',
  'up-to-date': 'up to date',
} as const;

/** The source of the flags, and the status of fetching. */
export function statusView({ settings, fetchStatus }: PageState, { refresh }: Actions): TemplateResult {
  const { status, fetches, errors, evaluationsPerSecond, exposures, now } = fetchStatus;
  const { lastError, fetchedAt, etag, cacheState, isFetching } = status;
  const reason = lastError?.exception instanceof Error ? lastError.exception.message : lastError?.errorMessage;
  return html`
    <header class="status" data-state=${lastError ? 'error' : cacheState}>
      <p class="source"><span class="dot" aria-hidden="true"></span><strong>${visible(settings.name)}</strong></p>
      <dl>
        <div>
          <dt>State</dt>
          <dd>${states[cacheState]}</dd>
        </div>
        <div>
          <dt>Age</dt>
          <dd>${fetchedAt ? formatAge(fetchedAt, now) : 'none'}</dd>
        </div>
        <div>
          <dt>ETag</dt>
          <dd>
            <code title=${etag ?? ''}>${etag === undefined ? 'none' : etag.replace(/^W\/|"/g, '').slice(0, 10)}</code>
          </dd>
        </div>
        <div>
          <dt>Evaluations</dt>
          <dd data-testid="evaluations">${evaluationsPerSecond.toLocaleString()} per second</dd>
        </div>
        <div>
          <dt>Exposures</dt>
          <dd data-testid="exposures">${exposures.toLocaleString()}</dd>
        </div>
        <div>
          <dt>Fetches</dt>
          <dd>${fetches.toLocaleString()}, each ${settings.pollIntervalSeconds} s</dd>
        </div>
        <div>
          <dt>Errors</dt>
          <dd>${errors}</dd>
        </div>
      </dl>
      <button type="button" aria-disabled=${isFetching ? 'true' : 'false'} @click=${refresh}>Look now</button>
      ${lastError ? html`<p class="error" role="alert">${visible(reason ?? '')}</p>` : nothing}
    </header>
  `;
}
