import { autoPoll, createCore } from 'configcat-rx/core';
import { ConfigCatProvider, useFlag } from 'configcat-rx/react/core';
import { createElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';

const { baseUrl = '', sdkKey = '' } = Object.fromEntries(new URLSearchParams(location.search));
const source = createCore(sdkKey, { baseUrl, polling: autoPoll({ pollIntervalSeconds: 1 }) });

function Title() {
  const greeting = useFlag('greeting', 'none');
  useEffect(() => {
    document.title = greeting;
  }, [greeting]);
  return null;
}

createRoot(document.createElement('div')).render(createElement(ConfigCatProvider, { source }, createElement(Title)));
