import type { AutoPollOptions, CommonOptions } from 'configcat-rx';
import { createClientWithAutoPoll } from 'configcat-rx';
import { ConfigCatProvider, hydrate } from 'configcat-rx/react';
import { StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { Shop } from './shop.js';

/** What the server tells the page. */
export interface Settings {
  readonly sdkKey: string;
  readonly options: AutoPollOptions & CommonOptions;
  readonly userId: string;
}

const state = textOf('flags');
const { sdkKey, options, userId } = JSON.parse(textOf('settings')) as Settings;
const client = createClientWithAutoPoll(sdkKey, { ...options, cache: hydrate(state) });

hydrateRoot(
  document.getElementById('root')!,
  <StrictMode>
    <ConfigCatProvider client={client} state={state}>
      <Shop userId={userId} />
    </ConfigCatProvider>
  </StrictMode>,
);

function textOf(id: string): string {
  return document.getElementById(id)?.textContent.trim() ?? '';
}
