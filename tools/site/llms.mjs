// llms.txt for programs that read documentation (https://llmstxt.org), with the Markdown of all guides beside it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes `llms.txt`, `llms-full.txt` and the folder `markdown` into the site. What is in a guide is said by the table of
 * guides in `readme`.
 */
export function writeLlmsTexts(folder, site) {
  const { guides } = site;
  mkdirSync(join(folder, 'markdown'), { recursive: true });
  for (const { file, text } of guides) writeFileSync(join(folder, 'markdown', file), text);
  writeFileSync(join(folder, 'llms.txt'), llmsText(site));
  writeFileSync(join(folder, 'llms-full.txt'), guides.map(({ text }) => text.trim()).join('\n\n') + '\n');
}

/** A heading, one sentence, and a line for each guide: its address and what is in it. */
export function llmsText({ name, version, description, guides, readme }) {
  const contents = contentsOf(readme);
  const lines = guides.map(({ file, title }) => {
    if (!contents.has(file)) throw new Error(`The table of guides in README.md has no line for docs/${file}.`);
    return `- [${title}](markdown/${file}): ${contents.get(file)}`;
  });
  return [
    `# ${name} ${version}`,
    `> ${description}`,
    'Code of the guides compiles and runs as it stands. All guides in one file: [llms-full.txt](llms-full.txt).',
    `## Guides\n\n${lines.join('\n')}`,
    '## API\n\n- [Entries](modules.html): every export, with its types.\n',
  ].join('\n\n');
}

/** What README.md says of each guide: rows with one link or several, then a text. */
function contentsOf(readme) {
  const rows = [...readme.matchAll(/^\| (\[.*\]\(docs\/.*\)) *\| (.*?) *\|$/gm)];
  return new Map(
    rows.flatMap(([, links, text]) => [...links.matchAll(/\(docs\/([\w-]+\.md)\)/g)].map(([, file]) => [file, text])),
  );
}
