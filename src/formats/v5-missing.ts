import type { ConfigFormat } from '../model/format.js';
import { isConfigV5 } from './recognise-v5.js';

/** Stands for `configV5` in clients that do without it: what cannot be read for this reason is told with the remedy. */
export const configV5Missing = {
  recognises: isConfigV5,
  root: {
    isOne: () => {
      throw new TypeError(
        'The config JSON is of the previous format, config_v5.json, which this client was not given a reader for. Import `configV5` beside `createCore`, and pass `formats: [configV5]`.',
      );
    },
  },
  // Nothing comes past that.
  toSetting: () => undefined as never,
} as Omit<ConfigFormat, symbol> as ConfigFormat;
