export { workersCache } from './workers-cache.js';
