const BLOCKS = 'p, li, td, dd, figcaption';

/** Elements of which a number inside is a part. */
const WHOLE = 'a, button, summary, label';

const numbersIn = (root: ParentNode): HTMLElement[] =>
  [...root.querySelectorAll<HTMLElement>('.sections [data-is]')].filter(
    (number) => !number.closest(WHOLE),
  );

/** From a number to the one before or after it, wherever on the page. */
function step(from: HTMLElement, by: 1 | -1): void {
  const all = numbersIn(document);
  const next = all[all.indexOf(from) + by];
  if (!next) return;
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}

/**
 * Numbers are buttons that open their cards. The first of a paragraph is a stop of the keyboard, arrows lead to the
 * others: there are hundreds.
 */
export function startNumbers(): void {
  let block: Element | null = null;
  for (const number of numbersIn(document)) {
    const own = number.closest(BLOCKS);
    number.tabIndex = own !== null && own === block ? -1 : 0;
    number.setAttribute('role', 'button');
    block = own;
  }
  document.addEventListener('keydown', (event) => {
    if (!(event.target instanceof HTMLElement) || !event.target.matches('[data-is]')) return;
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key] as 1 | -1 | undefined;
    if (!by) return;
    event.preventDefault();
    step(event.target, by);
  });
}
