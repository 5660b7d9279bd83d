// A plugin of typedoc: shows guides by their titles instead of their file names, and entries as they are imported; adds
// what `tools/site` makes: search over sections, code groups, tables for narrow screens, links for editing, llms.txt.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, Comment, Converter, JSX, PageEvent, ReflectionKind, RendererEvent } from 'typedoc';
import { writeLlmsTexts } from './site/llms.mjs';
import { dress } from './site/pages.mjs';
import { sectionsOf, writeSearchIndex } from './site/search.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { name, version, description, homepage, repository } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);
const repositoryUrl = repository.url.replace(/^git\+|\.git$/g, '');

/** Guides on how the library is made, and what it is held to. */
const referenceFiles = ['docs/architecture.md', 'docs/protocol.md', 'docs/relay-protocol.md'];

/** What `using` calls: see `src/client/disposal.ts`. */
const wordsOfUsing = {
  '[dispose]': '`dispose()`, for `using`.',
  '[asyncDispose]':
    '`dispose()`, for `await using`, once the external cache has what is being written: after two seconds at most.',
};

/** Called by typedoc. */
export function load(app) {
  const { converter, renderer } = app;
  // Each minor is published in a folder of its own, beside the list of them.
  app.on(Application.EVENT_BOOTSTRAP_END, () => {
    app.options.setValue('navigationLinks', { 'All versions': `${homepage}versions.html` });
  });
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const guide of project.getReflectionsByKind(ReflectionKind.Document)) {
      const text = guide.content.map((part) => part.text).join('');
      guide.name = /^# (.*)$/m.exec(text)?.[1] ?? guide.name;
    }
    for (const entry of project.getReflectionsByKind(ReflectionKind.Module)) {
      const path = { index: '', functions: '/core' }[entry.name] ?? `/${entry.name}`;
      entry.name = `configcat-rx${path}`;
    }
    for (const member of project.getReflectionsByKind(ReflectionKind.Property)) {
      const text = wordsOfUsing[member.name];
      // Members of mapped types come without their comments, which belong to the signatures of functions.
      const documented = [member, ...(member.type?.declaration?.signatures ?? [])];
      if (text) for (const reflection of documented) reflection.comment ??= new Comment([{ kind: 'text', text }]);
    }
  });
  dressPages(renderer);
}

function dressPages(renderer) {
  const sections = [];
  const guides = [];
  renderer.hooks.on('content.end', ({ page }) => {
    const file = sourceOf(page.model);
    if (file === undefined) return JSX.createElement(JSX.Fragment, null);
    const href = `${repositoryUrl}/edit/main/${file}`;
    return JSX.createElement('p', { class: 'edit-link' }, JSX.createElement('a', { href }, 'Edit this page'));
  });
  renderer.on(PageEvent.END, (page) => {
    page.contents = dress(page.contents);
    const file = sourceOf(page.model);
    if (file === undefined) return;
    const content = page.contents.slice(page.contents.indexOf('class="tsd-panel tsd-typography"'));
    const main = content.slice(0, content.indexOf('class="edit-link"'));
    sections.push(
      ...sectionsOf(main, { title: page.model.name, url: page.url, isReference: referenceFiles.includes(file) }),
    );
    if (page.model.isDocument()) {
      const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
      guides.push({ file: file.replace(/^docs\//, ''), title: page.model.name, text });
    }
  });
  renderer.on(RendererEvent.END, ({ outputDirectory }) => {
    writeSearchIndex(outputDirectory, sections);
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    writeLlmsTexts(outputDirectory, { name, version, description, guides, readme });
  });
}

/** The file of the repository that a page shows: a guide, or README.md. */
function sourceOf(model) {
  if (model.isProject?.()) return 'README.md';
  if (!model.isDocument?.()) return undefined;
  const [{ fullFileName, fileName } = {}] = model.sources ?? [];
  const path = fullFileName ?? fileName ?? model.project.files.getReflectionPath(model);
  return path === undefined ? undefined : relative(root, path).replaceAll('\\', '/');
}
