import * as configcat from 'configcat-rx';
import * as rxjs from 'rxjs';
import { smoke } from './smoke.mjs';

const query = Object.fromEntries(new URLSearchParams(location.search));
smoke(configcat, rxjs, query).then((result) => {
  document.body.textContent = result;
});
