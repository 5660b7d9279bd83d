// Adds the documentation of a version to the published site: a folder for each minor, which the newest patch takes over, a
// page that lists them, and the root, which leads to the newest.
//
//   node tools/site/publish.mjs <built site> <published site> <version>
import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Copies a built site to where its version belongs, and writes what leads to it. */
export function publishSite(built, published, version) {
  const [, minor] = /^(\d+\.\d+)\.\d+/.exec(version) ?? [];
  if (minor === undefined) throw new Error(`"${version}" is no version.`);
  if (!existsSync(join(built, 'index.html'))) throw new Error(`There is no site in ${built}.`);
  rmSync(join(published, minor), { recursive: true, force: true });
  cpSync(built, join(published, minor), { recursive: true });
  const minors = readdirSync(published)
    .filter((name) => /^\d+\.\d+$/.test(name))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  writeFileSync(join(published, 'versions.html'), pageOf(minors));
  // Links without a version, as in package.json, lead to the newest.
  writeFileSync(
    join(published, 'index.html'),
    `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${minors[0]}/index.html"><title>configcat-rx</title><a href="${minors[0]}/index.html">configcat-rx ${minors[0]}</a>\n`,
  );
  // So that folders whose names begin with a line are served as well.
  writeFileSync(join(published, '.nojekyll'), '');
}

function pageOf(minors) {
  const items = minors.map((minor) => `<li><a href="${minor}/index.html">${minor}</a></li>`).join('\n');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Versions of configcat-rx</title>
<h1>Versions of configcat-rx</h1>
<ul>
${items}
</ul>
</html>
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) publishSite(...process.argv.slice(2));
