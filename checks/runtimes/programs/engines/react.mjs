import { ConfigCatProvider, useFlag, useFlagDetails } from 'configcat-rx/react';
import { autoPoll } from 'configcat-rx';
import { createElement, StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { show } from './result.mjs';

show(
  ({ url, sdkKey }) =>
    new Promise((resolve) => {
      const seen = [];
      const root = createRoot(document.getElementById('root'));
      const Greeting = () => {
        const value = useFlag('greeting', 'default');
        const details = useFlagDetails('greeting', 'default');
        useEffect(() => {
          if (value === 'default' || seen.at(-1) === value) return;
          if (seen.length === 0) seen.push(value, details.value);
          else seen.push(value);
          if (value !== 'two') return;
          // Whatever the page shows last.
          const text = document.getElementById('root').textContent;
          root.unmount();
          resolve(text === 'two' ? seen.join(' ') : `The page shows ${text}.`);
        }, [value, details]);
        return value;
      };
      const options = { baseUrl: url, polling: autoPoll({ pollIntervalSeconds: 1 }) };
      const provider = createElement(ConfigCatProvider, { sdkKey, options }, createElement(Greeting));
      root.render(createElement(StrictMode, null, provider));
    }),
);
