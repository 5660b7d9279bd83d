import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Follows the program while its config file is edited, and ends it. */
export async function check({ start, edit }) {
  const program = await start();
  await program.printed('kate  greeting: "Guten Tag"');
  await program.printed('ben   discountRate: 0.1');
  await edit((config) => {
    config.f.greeting.r[0].s.v.s = 'Moin';
    delete config.f.discountRate;
  });
  await program.printed('kate  greeting: "Guten Tag" → "Moin"');
  await program.printed('ben   discountRate: 0.1 → (gone)');
  askCommandLine();
}

/** The command line comes with the package. */
function askCommandLine() {
  const command = ['--no-install', 'configcat-rx', 'get', 'greeting', '--file', '../config.json', '--country', 'AT'];
  const answer = execFileSync('npx', command, { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8' });
  if (answer !== 'Guten Tag\n') throw new Error(`The command line answers ${JSON.stringify(answer)}.`);
}
