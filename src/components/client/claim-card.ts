import { copyOf } from './copy-of.ts';

const ledgers = new Map<string, Promise<Document>>();

async function read(url: string): Promise<Document> {
  const page = await (await fetch(url)).text();
  // Its style sheets are not those that this page's content security policy names.
  return new DOMParser().parseFromString(page.slice(page.indexOf('<main')), 'text/html');
}

/** The ledger, fetched once for all claims; where it does not arrive, the next one asks again. */
function ledgerAt(url: string): Promise<Document> {
  const known = ledgers.get(url) ?? read(url);
  ledgers.set(url, known);
  known.catch(() => ledgers.delete(url));
  return known;
}

function line(tag: string, ...content: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  element.append(...content);
  return element;
}

/** What a claim is, what was asked, and what was measured against which bound; and the way to the ledger. */
export async function claimCard(link: HTMLAnchorElement): Promise<Element[]> {
  const [url = '', id = ''] = link.href.split('#');
  const row = (await ledgerAt(url)).getElementById(decodeURIComponent(id));
  if (!row) return [];
  const facts = line('dl', ...[...row.querySelectorAll('[data-card]')].map(copyOf));
  facts.className = 'claim-facts';
  const way = document.createElement('a');
  way.href = link.href;
  way.textContent = 'In the ledger of claims';
  const words = row.querySelector('.claim-words')?.textContent ?? '';
  return [line('p', line('strong', id), ` ${words}`), facts, line('p', way)];
}
