import { ConfigCatProvider } from 'configcat-rx/react/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createFlags } from '../flags.js';
import { Train } from './train.js';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <ConfigCatProvider source={createFlags()}>
      <Train />
    </ConfigCatProvider>
  </StrictMode>,
);
