import { claimCard } from './claim-card.ts';
import { copyOf } from './copy-of.ts';
import { numberCard } from './number-card.ts';
import { targetOf } from './target.ts';

function copies(root: ParentNode, ...selectors: string[]): Element[] {
  return selectors.flatMap((selector) => {
    const found = root.querySelector(selector);
    return found ? [copyOf(found)] : [];
  });
}

function preview(target: Element): Element[] {
  if (target.matches('.equation')) return copies(target, '.equation-body');
  if (target.matches('figure')) {
    return copies(
      target,
      '.panels, .diagram-drawing, .prose-table',
      '.caption, figcaption:not(:has(.caption))',
    );
  }
  if (target.matches('section')) return copies(target, 'h2', 'p');
  return target.matches('h3') && target.nextElementSibling
    ? [copyOf(target), copyOf(target.nextElementSibling)]
    : [copyOf(target)];
}

const byId = (id: string | undefined): Element[] => {
  const found = id ? document.getElementById(id) : null;
  return found ? [found] : [];
};

/** What opens a card with links in it, which are to be reached. */
export const OPENING = '[data-is][role="button"], a.claim-link';

/** What can be asked for a card: links into the page, symbols, equations, claims and numbers. */
export const TRIGGERS = `a.cite, a.ref, a.symbol-link, [data-symbol], [data-symbols], ${OPENING}`;

/** The content of a trigger's card; nothing for one that leads nowhere. */
export async function cardContent(trigger: Element): Promise<Element[]> {
  if (trigger.matches('a.claim-link')) return claimCard(trigger as HTMLAnchorElement);
  const { is, symbol, symbols } = (trigger as HTMLElement | MathMLElement).dataset;
  if (is !== undefined) return numberCard(trigger as HTMLElement);
  if (symbol) return byId(`sym-${symbol}`).map(copyOf);
  if (symbols !== undefined) {
    return symbols.split(' ').flatMap((id) => byId(id && `sym-${id}`).map(copyOf));
  }
  const target = targetOf(trigger as HTMLAnchorElement);
  return target ? preview(target) : [];
}
