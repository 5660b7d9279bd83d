import * as configcat from 'configcat-rx';
import * as rxjs from 'rxjs';
import { smoke } from './smoke.mjs';

const [url, sdkKey] = process.argv.slice(2);
console.log(await smoke(configcat, rxjs, { url, sdkKey }));
