import { targetOf } from './target.ts';

/** A copy to show elsewhere: without addresses, and out of the reach of the keyboard. */
function copyOf(element: Element): Element {
  const copy = element.cloneNode(true) as Element;
  for (const node of [copy, ...copy.querySelectorAll('*')]) {
    node.removeAttribute('id');
    node.removeAttribute('tabindex');
  }
  for (const link of copy.querySelectorAll('a')) link.tabIndex = -1;
  return copy;
}

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

/** What can be asked for a card: links into the page, symbols, equations. */
export const TRIGGERS = 'a.cite, a.ref, a.symbol-link, [data-symbol], [data-symbols]';

/** The content of a trigger's card; nothing for one that leads nowhere. */
export function cardContent(trigger: Element): Element[] {
  const { symbol, symbols } = (trigger as HTMLElement | MathMLElement).dataset;
  if (symbol) return byId(`sym-${symbol}`).map(copyOf);
  if (symbols !== undefined) {
    return symbols.split(' ').flatMap((id) => byId(id && `sym-${id}`).map(copyOf));
  }
  const target = targetOf(trigger as HTMLAnchorElement);
  return target ? preview(target) : [];
}
