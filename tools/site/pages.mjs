// What rendered pages get beside what typedoc makes of Markdown: groups of code, and tables for narrow screens.

/** Tables with more columns than this scroll inside of a frame; rows of others become blocks on narrow screens. */
const mostColumnsOfBlocks = 4;

/** The page with its code groups and tables made. */
export function dress(html) {
  return dressTables(dressCodeGroups(html));
}

/**
 * Turns what stands between `<!-- code group -->` and `<!-- end of code group -->` into tabs: paragraphs with a name in
 * bold, each followed by what is shown for it. Elsewhere, as on GitHub, the same text shows one below the other. Tabs work
 * without scripts: they are radio buttons.
 */
function dressCodeGroups(html) {
  let groups = 0;
  return html.replace(/<!-- code group -->(.*?)<!-- end of code group -->/gs, (_, content) => {
    groups += 1;
    const tabs = [...content.matchAll(/<p><strong>([^<]+)<\/strong><\/p>(.*?)(?=<p><strong>|$)/gs)];
    if (tabs.length < 2) throw new Error('A code group needs two names in bold, each with its code, or more.');
    const name = `code-group-${groups}`;
    const buttons = tabs.map(([, label], index) => {
      const checked = index === 0 ? ' checked' : '';
      return `<input type="radio" name="${name}" id="${name}-${index}"${checked}><label for="${name}-${index}">${label}</label>`;
    });
    const panels = tabs.map(([, , panel]) => `<div class="code-panel">${panel.trim()}</div>`);
    return `<div class="code-group" role="group">${buttons.join('')}<div class="code-panels">${panels.join('')}</div></div>`;
  });
}

function dressTables(html) {
  return html.replace(/<table>(.*?)<\/table>/gs, (table, content) => {
    const [, head = ''] = /<thead>(.*?)<\/thead>/s.exec(content) ?? [];
    const names = [...head.matchAll(/<th[^>]*>(.*?)<\/th>/gs)].map(([, name]) => name.replace(/<[^>]*>/g, '').trim());
    if (names.length > mostColumnsOfBlocks) {
      return `<div class="table-frame" tabindex="0" role="region" aria-label="Table">${table}</div>`;
    }
    // Roles, because a table that is no table for the eye would be none for screen readers either.
    const body = content.replace(/<tr>(.*?)<\/tr>/gs, (_, row) => {
      let column = 0;
      const cells = row
        .replace(
          /<td([^>]*)>/g,
          (__, attributes) => `<td role="cell" data-label="${names[column++] ?? ''}"${attributes}>`,
        )
        .replace(/<th([^>]*)>/g, (__, attributes) => `<th role="columnheader"${attributes}>`);
      return `<tr role="row">${cells}</tr>`;
    });
    return `<table class="blocks" role="table">${body}</table>`;
  });
}
