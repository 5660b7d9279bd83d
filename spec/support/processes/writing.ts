// Writes entries of one size to a file cache as fast as it can, each of another letter, until it has written enough.
import { fileCache } from '../../../src/node/index';

const [folder = '', key = '', letter = '', count = '0', size = '0'] = process.argv.slice(2);
const cache = fileCache(folder);
const entry = `1\n"${letter}"\n${letter.repeat(Number(size))}`;

async function write(): Promise<void> {
  for (let i = 0; i < Number(count); i++) {
    await cache.set(key, entry);
    if (i === 0) console.log('writing');
  }
}

void write();
