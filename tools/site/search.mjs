// The search index of the site: sections of guides and log events come first, names of the API after them. Typedoc's own
// index knows pages only, and puts every name that begins with a word before the guide that explains it.
import { Buffer } from 'node:buffer';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import lunr from 'lunr';

/** What typedoc calls a guide: `ReflectionKind.Document`. */
const documentKind = 8_388_608;
/** How many sections a word leads to: the others would leave no room for the API among the ten results. */
const placesPerWord = 3;
/** The same for a word that is a name of the API, which is to be among the results itself. */
const placesPerName = 1;
/** How much more a word counts than one that it is a part of, at most: letters are a part of all. */
const mostWeight = 99;
/** More than any name of the API can reach. */
const guideBoost = 1000;
/** For pages on how the library is made, which those who use it look for last. */
const referenceBoost = 30;

/**
 * The sections of a rendered guide: one for each heading, and one for each row of a table that has an anchor of its own,
 * as events of the log have.
 */
export function sectionsOf(html, { title, url, isReference = false }) {
  const start = /<h[1-6] id="([^"]+)"[^>]*>(.*?)<\/h[1-6]>|<a id="([^"]+)"><\/a>/gs;
  const marks = [...html.matchAll(start)];
  return marks.map((mark, index) => {
    const [, headingAnchor, heading, eventAnchor] = mark;
    const anchor = headingAnchor ?? eventAnchor;
    const end = marks[index + 1]?.index ?? html.length;
    const text = textOf(html.slice(mark.index, end));
    const name = heading === undefined ? anchor : textOf(heading);
    // The first heading of a page is its title.
    return index === 0 && heading !== undefined
      ? { name: title, url, text, isReference }
      : { name, parent: title, url: `${url}#${anchor}`, text, isReference, isEvent: heading === undefined };
  });
}

/** Adds sections of guides to the index that typedoc has written. */
export function writeSearchIndex(folder, sections) {
  const path = join(folder, 'assets/search.js');
  const [, before, packed, after] = /^(.*")([^"]*)(".*)$/s.exec(readFileSync(path, 'utf8'));
  const { rows } = JSON.parse(inflateSync(Buffer.from(packed, 'base64')));
  const api = rows.filter(({ kind }) => kind !== documentKind);
  const data = indexOf(sections, api);
  writeFileSync(path, before + deflateSync(JSON.stringify(data)).toString('base64') + after);
}

/** The rows and the index over them. */
export function indexOf(sections, api) {
  const builder = new lunr.Builder();
  builder.ref('id');
  // Neither the length of a section counts, which the choice of words has regarded, nor is a word of little use twice.
  builder.b(0);
  builder.k1(1000);
  builder.field('name', { boost: 10 });
  builder.field('text');
  const leading = leadingWords(sections, new Set(api.map(({ name }) => name.toLowerCase())));
  const guides = sections.map(({ name, parent, url }) => ({
    kind: documentKind,
    name,
    url,
    ...(parent && { parent }),
  }));
  const rows = [...guides, ...api];
  rows.forEach(({ name }, id) => {
    const isGuide = id < guides.length;
    const text = isGuide ? leading[id].join(' ') : '';
    builder.add({ id, name, text }, { boost: isGuide ? boostOf(sections[id]) : 1 });
  });
  return { rows, index: builder.build() };
}

function boostOf({ isReference }) {
  return isReference ? referenceBoost : guideBoost;
}

/** For each section the words, as often as it has them, for which it is among the best places. */
function leadingWords(sections, names) {
  const places = new Map();
  sections.forEach(({ name, parent, text, isReference = false, isEvent = false }, id) => {
    const counts = new Map();
    for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
    const length = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const ownTitle = new Set(wordsOf(name));
    const titles = wordsOf(`${name} ${parent ?? ''}`);
    for (const [word, count] of counts) {
      // What a heading says in another form, as "webhooks" for "webhook", counts as well.
      const isTopic = titles.some((title) => title.startsWith(word) || (title.length > 3 && word.startsWith(title)));
      // A row about an event is found by its number; its few words weigh less than as many of a section.
      const share = count / Math.sqrt(length) / (isEvent && !ownTitle.has(word) ? 2 : 1);
      const score = share + (ownTitle.has(word) ? 4 : 0) + (isTopic ? 2 : 0);
      places.set(word, [...(places.get(word) ?? []), { id, score, isReference }]);
    }
  });
  const leading = sections.map(() => []);
  const words = [...places.keys()];
  for (const [word, found] of places) {
    const best = found
      .sort((a, b) => a.isReference - b.isReference || b.score - a.score)
      .slice(0, names.has(word) ? placesPerName : placesPerWord);
    // The ranking of lunr goes by frequency: the better place has the word more often. And whoever searches for "hold"
    // finds "holder" and "threshold" as well, which must not outweigh it together.
    const weight = Math.min(2 * words.filter((other) => other.includes(word)).length - 1, mostWeight);
    best.forEach(({ id }, rank) => leading[id].push(...Array(2 * weight * (placesPerWord - rank)).fill(word)));
  }
  return leading;
}

function wordsOf(text) {
  return text.toLowerCase().match(/[\p{L}\p{N}_$]+/gu) ?? [];
}

function textOf(html) {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#0?39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
}
