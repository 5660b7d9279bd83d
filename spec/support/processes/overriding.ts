// Has a client whose flags come from a file, and neither disposes nor watches it.
import { createClient } from '../../../src/index';
import { fileOverrides } from '../../../src/node/index';

const source = fileOverrides(process.argv[2] ?? '');
const client = createClient('any', { overrides: { source, behaviour: 'local-only' } });
void client.getValue('greeting', 'default').then(console.log);
