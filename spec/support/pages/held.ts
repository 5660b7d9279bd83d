import { autoPoll, createClient, pageCookies, session } from 'configcat-rx';

const { baseUrl = '', sdkKey = '', place = '' } = Object.fromEntries(new URLSearchParams(location.search));
const hold = session(place === 'cookie' ? { storage: pageCookies() } : {});
const client = createClient(sdkKey, { baseUrl, polling: autoPoll({ pollIntervalSeconds: 1 }), hold });
/** All values that this page has been shown since it was loaded: held ones, and those of now. */
const [held, live]: [string[], string[]] = [[], []];
client.flag$('greeting', 'none').subscribe((value) => held.push(value));
client.flag$('greeting', 'none', undefined, { hold: false }).subscribe((value) => live.push(value));
Object.assign(globalThis, { held, live });
