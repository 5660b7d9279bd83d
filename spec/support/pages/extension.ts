import { createClientWithManualPoll } from 'configcat-rx';
import { chromeStorageCache } from 'configcat-rx/browser';
import { filter, firstValueFrom } from 'rxjs';

interface Where {
  readonly sdkKey: string;
  readonly baseUrl: string;
}

/** Fetches the config, keeps it in the storage of the extension, and gives the value of a flag. */
async function fetchOnce({ sdkKey, baseUrl }: Where): Promise<string> {
  const client = createClientWithManualPoll(sdkKey, { baseUrl, cache: chromeStorageCache() });
  await client.forceRefresh();
  const value = await client.getValue('greeting', 'default');
  await client[Symbol.asyncDispose]();
  return value;
}

/** Waits until a flag has a value, without a network. */
async function read({ sdkKey, value }: { readonly sdkKey: string; readonly value: string }): Promise<string> {
  const client = createClientWithManualPoll(sdkKey, { offline: true, logLevel: 'off', cache: chromeStorageCache() });
  const found = await firstValueFrom(client.flag$('greeting', 'default').pipe(filter((current) => current === value)));
  client.dispose();
  return found;
}

/** What a page asks its service worker for, as extensions do. */
interface Runtime {
  readonly onMessage: {
    addListener(listener: (message: Where, sender: unknown, answer: (value: string) => void) => boolean): void;
  };
  sendMessage(message: Where): Promise<string>;
}
const { runtime } = (globalThis as unknown as { readonly chrome: { readonly runtime: Runtime } }).chrome;

if ('document' in globalThis) {
  const fetchInWorker = (where: Where) => runtime.sendMessage(where);
  Object.assign(globalThis, { fetchInWorker, read });
} else {
  runtime.onMessage.addListener((where, _, answer) => {
    void fetchOnce(where).then(answer, (error: unknown) => {
      answer(String(error));
    });
    // The answer comes later.
    return true;
  });
}
