/* What every application of RxJS has paid already. */
import { of } from 'rxjs';
import { tell } from './tell.js';

of(true).subscribe(tell);
