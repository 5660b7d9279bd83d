const configcat = require('configcat-rx');
const rxjs = require('rxjs');

const [url, sdkKey] = process.argv.slice(2);
import('./smoke.mjs').then(({ smoke }) => smoke(configcat, rxjs, { url, sdkKey })).then(console.log);
