import * as configcat from 'configcat-rx';
import * as rxjs from 'rxjs';
import { smoke } from '../smoke.mjs';
import { show } from './result.mjs';

show((query) => smoke(configcat, rxjs, query));
