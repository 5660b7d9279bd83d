import { localStorageValues, createRemoteClient } from 'configcat-rx/remote';

declare global {
  interface Window {
    /** All values that the page has been shown. */
    shown: string[];
    client: ReturnType<typeof createRemoteClient>;
  }
}

const client = createRemoteClient({ url: '/flags', storage: localStorageValues(), initial: 'cached' });
window.shown = [];
window.client = client;
client.flag$('plan', '-').subscribe((value) => window.shown.push(value));
