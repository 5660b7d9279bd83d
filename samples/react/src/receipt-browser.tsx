import { createCoreFromValues } from 'configcat-rx/core';
import { ConfigCatProvider } from 'configcat-rx/react/core';
import { StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { Receipt } from './receipt.js';

const root = document.getElementById('root')!;
const source = createCoreFromValues(document.getElementById('values')?.textContent.trim());

hydrateRoot(
  root,
  <StrictMode>
    <ConfigCatProvider source={source}>
      <Receipt name={root.dataset.name ?? ''} />
    </ConfigCatProvider>
  </StrictMode>,
);
