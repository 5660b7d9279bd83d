import type { ConfigCatClient } from 'configcat-rx';
import { ConfigCatProvider } from 'configcat-rx/react';
import { renderToString } from 'react-dom/server';
import { Shop } from './shop.js';

/** The page as a visitor gets it. */
export function render(client: ConfigCatClient, state: string, userId: string): string {
  return renderToString(
    <ConfigCatProvider client={client} state={state}>
      <Shop userId={userId} />
    </ConfigCatProvider>,
  );
}
