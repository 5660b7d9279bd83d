import { createCoreFromValues } from 'configcat-rx/core';
import { ConfigCatProvider } from 'configcat-rx/react/core';
import { renderToString } from 'react-dom/server';
import { Receipt } from './receipt.js';

/** The receipt as a visitor gets it. */
export function render(values: string, name: string): string {
  return renderToString(
    <ConfigCatProvider source={createCoreFromValues(values)}>
      <Receipt name={name} />
    </ConfigCatProvider>,
  );
}
