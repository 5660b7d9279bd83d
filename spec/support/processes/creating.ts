/* Creates a client of a polling mode, and does nothing with it. */
import { createClientWithAutoPoll, createClientWithLazyLoad, createClientWithManualPoll } from '../../../src/index';

const [sdkKey = '', baseUrl = '', mode = ''] = process.argv.slice(2);
const options = { baseUrl, logLevel: 'off' } as const;
if (mode === 'auto') createClientWithAutoPoll(sdkKey, options);
if (mode === 'lazy') createClientWithLazyLoad(sdkKey, options);
if (mode === 'manual') createClientWithManualPoll(sdkKey, options);
