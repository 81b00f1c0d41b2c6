/** What a figure's page holds and the paper would be twice as long with: brought when somebody asks for it. */
const brought = new WeakSet<Element>();

async function bring(details: HTMLElement): Promise<void> {
  const link = details.querySelector('a');
  if (!link) return;
  const page = await (await fetch(link.href)).text();
  // Its style sheets are not those that this page's content security policy names.
  const main = page.slice(page.indexOf('<main'));
  const part = new DOMParser()
    .parseFromString(main, 'text/html')
    .querySelector(`.${details.dataset['part']}`);
  if (part) link.closest('p')?.replaceWith(part);
}

/** Puts a part of a figure's page into it, once; where it cannot be had, the link to it stays. */
function bringPart(details: HTMLElement): void {
  if (brought.has(details)) return;
  brought.add(details);
  bring(details).catch(() => brought.delete(details));
}

/** The tables of a figure's data, for readouts. */
export function bringData(figure: Element | null): void {
  for (const details of figure?.querySelectorAll<HTMLElement>('[data-part="data-tables"]') ?? [])
    bringPart(details);
}

export function startFigureParts(): void {
  for (const details of document.querySelectorAll<HTMLElement>('details[data-part]'))
    details.addEventListener('toggle', () => bringPart(details));
  document.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement) || !target.matches('.preset-switch input')) return;
    const drawing = `.variant[data-preset="${target.value}"][data-part]`;
    const variant = target.closest('figure')?.querySelector<HTMLElement>(drawing);
    if (variant) bringPart(variant);
  });
}
