import * as configcat from 'configcat-rx';
import * as rxjs from 'rxjs';
import { smoke } from './smoke.mjs';

// What React Native's start-up code would be given: no page, no location, no process.
globalThis.report(smoke(configcat, rxjs, globalThis.query));
