import { htmlToHast } from 'satteri';
import type { HastNode } from 'satteri';
import type { SearchEntry } from '../components/client/search-entry.ts';
import { childrenOf, find, isElement, property, wordsOf } from './hast.ts';

const clean = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** What in a summary names its details: all of it, unless a part is marked. */
function titleIn(summary: HastNode): HastNode {
  const inside = childrenOf(summary);
  return (
    inside.find((one) => isElement(one) && property(one, 'dataTitle') !== undefined) ?? summary
  );
}

/** Splits a page where its headings and figures begin. */
class Splitter {
  readonly entries: SearchEntry[] = [];
  readonly #path: string;
  readonly #page: string;

  constructor(path: string, page: string) {
    this.#path = path;
    this.#page = page;
  }

  #begin(id: string | undefined, title: string): void {
    const url = id ? `${this.#path}#${id}` : this.#path;
    this.entries.push({ url, title: clean(title), page: this.#page, text: '' });
  }

  #add(text: string): void {
    const last = this.entries.at(-1);
    if (last) last.text = clean(`${last.text} ${text}`);
  }

  visit(node: HastNode, section?: string): void {
    if (!isElement(node)) {
      this.#add(wordsOf(node));
      return;
    }
    const id = property(node, 'id');
    if (/^h[123]$/.test(node.tagName)) {
      this.#begin(node.tagName === 'h3' ? id : (section ?? id), wordsOf(node));
      return;
    }
    if (node.tagName === 'figure' && id) {
      const after = this.entries.at(-1);
      const caption = find(node, 'figcaption');
      const link = caption && find(caption, 'a');
      this.#begin(id, link ? wordsOf(link) : id);
      if (caption) this.#add(wordsOf(caption));
      if (after) this.entries.push({ ...after, text: '' });
      return;
    }
    if (node.tagName === 'details' && id) {
      const summary = find(node, 'summary');
      this.#begin(id, `${id} ${summary ? wordsOf(titleIn(summary)) : ''}`);
      for (const child of childrenOf(node)) if (child !== summary) this.#add(wordsOf(child));
      return;
    }
    if (['section', 'article', 'main', 'div', 'header'].includes(node.tagName)) {
      const inside = node.tagName === 'section' ? id : section;
      for (const child of childrenOf(node)) this.visit(child, inside);
      return;
    }
    this.#add(wordsOf(node));
  }
}

/**
 * What can be found on a page, one entry a heading or figure; nothing on one marked `data-unsearched`.
 * @param path of the page under the base, such as `claims/`
 * @param page its name among results; empty for the paper
 */
export function searchEntries(html: string, path: string, page: string): SearchEntry[] {
  const main = find(htmlToHast(html), 'main');
  if (!main || property(main, 'dataUnsearched') !== undefined) return [];
  const splitter = new Splitter(path, page);
  splitter.visit(main);
  const byUrl = new Map<string, SearchEntry>();
  for (const entry of splitter.entries) {
    const known = byUrl.get(entry.url);
    if (known) known.text = clean(`${known.text} ${entry.text}`);
    else byUrl.set(entry.url, entry);
  }
  return [...byUrl.values()].filter(({ text }) => text !== '');
}
