const PAINT = /^var\((--[a-z0-9-]+)\)$/;

/** Colours of the ground, which belong to no name. */
const GROUND = new Set(['--ink', '--ink-soft', '--rule', '--paper', '--tint', '--live']);

const paintOf = (element: Element): string | undefined =>
  ['stroke', 'fill']
    .map((name) => PAINT.exec(element.getAttribute(name) ?? '')?.[1])
    .find((variable) => variable !== undefined && !GROUND.has(variable));

/** Leaves of a figure what is drawn in the colour of one name, in all of its panels; of none, everything. */
function isolate(figure: Element, variable: string | undefined): void {
  for (const mark of figure.querySelectorAll(
    '.panel :is(path, text, circle, g[fill], g[stroke])',
  )) {
    const own = paintOf(mark);
    mark.classList.toggle('dimmed', Boolean(variable && own && own !== variable));
  }
}

/**
 * A name at the end of a line isolates what it names: while it is pointed at, and from a click or tap until the next.
 */
export function startIsolation(): void {
  let kept: { figure: Element; variable: string } | undefined;
  const nameAt = (target: EventTarget | null) => {
    const label = target instanceof Element ? target.closest('.panel .label') : null;
    const [figure, variable] = [label?.closest('figure'), label && paintOf(label)];
    return figure && variable ? { figure, variable } : undefined;
  };
  document.addEventListener('pointerover', ({ target, pointerType }) => {
    const name = nameAt(target);
    if (name && pointerType !== 'touch') isolate(name.figure, name.variable);
  });
  document.addEventListener('pointerout', ({ target }) => {
    const name = nameAt(target);
    if (name) isolate(name.figure, kept?.figure === name.figure ? kept.variable : undefined);
  });
  document.addEventListener('click', ({ target }) => {
    const name = nameAt(target);
    const again = name && kept?.figure === name.figure && kept.variable === name.variable;
    if (!name) return;
    if (kept) isolate(kept.figure, undefined);
    kept = again ? undefined : name;
    isolate(name.figure, kept?.variable);
  });
}
