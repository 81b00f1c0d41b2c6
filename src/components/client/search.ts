import MiniSearch from 'minisearch';
import { siteUrl } from '../url.ts';
import type { SearchEntry } from './search-entry.ts';
import { asked } from './question.ts';
import { signsOf, wordsOf } from './words.ts';

const SHOWN = 8;

async function index(): Promise<MiniSearch<SearchEntry>> {
  const response = await fetch(siteUrl('search.json'), { signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new Error(`${response.url}: expected the index, got ${response.status}`);
  const entries = (await response.json()) as SearchEntry[];
  const search = new MiniSearch<SearchEntry>({
    idField: 'url',
    fields: ['title', 'text'],
    tokenize: (text) => [...wordsOf(text), ...signsOf(text)],
    storeFields: ['url', 'title', 'page', 'text'],
    searchOptions: { tokenize: wordsOf, boost: { title: 3 }, prefix: true, fuzzy: 0.15 },
  });
  search.addAll(entries);
  return search;
}

/** The words around the first match. */
function excerpt(text: string, terms: readonly string[]): string {
  const lower = text.toLowerCase();
  const at = Math.max(
    0,
    Math.min(...terms.map((term) => lower.indexOf(term)).filter((i) => i >= 0), text.length),
  );
  const start = at === text.length ? 0 : Math.max(0, at - 50);
  return `${start > 0 ? '…' : ''}${text.slice(start, start + 150)}${text.length > start + 150 ? '…' : ''}`;
}

function resultItem(entry: SearchEntry, terms: readonly string[]): HTMLLIElement {
  const item = document.createElement('li');
  const link = document.createElement('a');
  link.href = siteUrl(entry.url);
  const [title, text] = [document.createElement('strong'), document.createElement('span')];
  for (const part of [title, text]) part.dir = 'auto';
  title.textContent = entry.page ? `${entry.page}: ${entry.title}` : entry.title;
  text.textContent = excerpt(entry.text, terms);
  link.append(title, text);
  item.append(link);
  return item;
}

function build(): HTMLDialogElement {
  const dialog = document.createElement('dialog');
  dialog.className = 'search';
  dialog.setAttribute('aria-label', 'Search');
  dialog.innerHTML =
    '<form method="dialog"><input type="search" aria-label="Search this site" placeholder="Search or ask" autocomplete="off"><button type="button">Close</button></form><p role="status"></p><ol></ol>';
  document.body.append(dialog);
  return dialog;
}

function countText(query: string, count: number): string {
  if (query.trim() === '') return '';
  if (count === 0) return 'Nothing found.';
  const found = count === 1 ? 'One place' : `${count} places`;
  return count > SHOWN ? `${found}; the first ${SHOWN}:` : `${found}:`;
}

function show(dialog: HTMLDialogElement, search: MiniSearch<SearchEntry>, query: string): void {
  const found = asked(
    query,
    (words, combineWith) => search.search(words, { combineWith }),
    () => search.search(query, { tokenize: signsOf, combineWith: 'AND' }),
  );
  const items = found
    .slice(0, SHOWN)
    .map((result) => resultItem(result as unknown as SearchEntry, result.terms));
  dialog.querySelector('ol')?.replaceChildren(...items);
  const status = dialog.querySelector('[role="status"]');
  if (status) status.textContent = countText(query, found.length);
}

/** Arrows lead from the words that are sought to what was found, and back. */
function walk(dialog: HTMLDialogElement, event: KeyboardEvent): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by === undefined) return;
  const stops = [...dialog.querySelectorAll<HTMLElement>('input, li a')];
  const next = stops[stops.indexOf(document.activeElement as HTMLElement) + by];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

let ready: Promise<HTMLDialogElement> | undefined;

async function prepare(): Promise<HTMLDialogElement> {
  const search = await index();
  const dialog = build();
  const input = dialog.querySelector('input');
  input?.addEventListener('input', () => show(dialog, search, input.value));
  dialog.addEventListener('keydown', (event) => walk(dialog, event));
  // Enter leads to the first place.
  dialog.addEventListener('submit', (event) => {
    event.preventDefault();
    dialog.querySelector<HTMLAnchorElement>('li a')?.click();
  });
  dialog.addEventListener('click', ({ target }) => {
    const closes = target instanceof Element && target.closest('a, button');
    if (target === dialog || closes) dialog.close();
  });
  return dialog;
}

/**
 * Opens the search; closing it gives the focus back to what had it.
 * @throws Error where its index does not arrive; it may be asked for again
 */
export async function openSearch(): Promise<void> {
  ready ??= prepare();
  const dialog = await ready.catch((error: unknown) => {
    ready = undefined;
    throw error;
  });
  if (dialog.open) return;
  dialog.showModal();
  dialog.querySelector('input')?.select();
}
