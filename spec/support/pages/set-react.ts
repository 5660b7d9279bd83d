import { autoPoll } from 'configcat-rx';
import { ConfigCatProvider, useFlag } from 'configcat-rx/react';
import { createElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';

const { baseUrl = '', sdkKey = '' } = Object.fromEntries(new URLSearchParams(location.search));
const options = { baseUrl, polling: autoPoll({ pollIntervalSeconds: 1 }) };

function Title() {
  const greeting = useFlag('greeting', 'none');
  useEffect(() => {
    document.title = greeting;
  }, [greeting]);
  return null;
}

createRoot(document.createElement('div')).render(
  createElement(ConfigCatProvider, { sdkKey, options }, createElement(Title)),
);
