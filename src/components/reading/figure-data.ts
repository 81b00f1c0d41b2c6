/** Tables of figures' data, which make a third of a page: brought when somebody asks for them. */
const brought = new WeakSet<Element>();

async function bring(details: Element): Promise<void> {
  const link = details.querySelector('a');
  if (!link) return;
  const page = await (await fetch(link.href)).text();
  // Its style sheets are not those that this page's content security policy names.
  const main = page.slice(page.indexOf('<main'));
  const data = new DOMParser().parseFromString(main, 'text/html').querySelector('.data-tables');
  if (data) link.closest('p')?.replaceWith(data);
}

/** Puts the tables of a figure into it, once; where they cannot be had, its links to them stay. */
export function bringData(figure: Element | null): void {
  for (const details of figure?.querySelectorAll('.figure-data') ?? []) {
    if (brought.has(details)) continue;
    brought.add(details);
    bring(details).catch(() => brought.delete(details));
  }
}

export function startFigureData(): void {
  for (const details of document.querySelectorAll('.figure-data'))
    details.addEventListener('toggle', () => bringData(details.closest('figure')));
}
