import { siteUrl } from '../url.ts';
import { ring } from './ring.ts';

/** Runs of a number: `0.031 0.036`, or by what they are of, `Mamba: 0.031 0.036; Transformer: 0.06`. */
const runsOf = (listed: string): [name: string, values: string[]][] =>
  listed.split('; ').map((group) => {
    const [values = '', name = ''] = group.split(': ').toReversed();
    return [name, values.split(' ')];
  });

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  ...content: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

/** A row a method, a column a run: how many runs the sentence rests on is seen. */
function tableOf(runs: readonly (readonly [name: string, values: readonly string[]])[]): Element[] {
  const most = Math.max(...runs.map(([, values]) => values.length));
  if (most === 1 && runs.length === 1) return [];
  const heads = Array.from({ length: most }, (_, i) => element('th', `run ${i + 1}`));
  const rows = runs.map(([name, values]) =>
    element('tr', element('th', name), ...values.map((value) => element('td', value))),
  );
  return [element('table', element('tr', element('th'), ...heads), ...rows)];
}

/** The panel that draws it: of the artifact, and of the part that is told. */
const panelOf = (artifact: string, part: string): SVGSVGElement | null =>
  document.querySelector<SVGSVGElement>(
    `figure [data-artifact="${artifact}"]:is([data-evaluation="${part}"], [data-part="${part}"])`,
  );

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? NaN;

/** The way to where the number is drawn; the place is ringed there. */
function wayToFigure(at: string, artifact: string, runs: ReturnType<typeof runsOf>): Element[] {
  const [xs, part] = [at.match(/^(?:[\d.]+ )+/)?.[0] ?? '', at.replace(/^(?:[\d.]+ )+/, '')];
  const panel = panelOf(artifact, part);
  const figure = panel?.closest('figure');
  if (!panel || !figure) return [];
  const title = panel.closest('.panel-box')?.querySelector('.panel-title strong')?.textContent;
  const number = figure.querySelector('.figure-number')?.textContent.trim() ?? '';
  const link = element('a', [number, title].filter(Boolean).join(', '));
  link.href = `#${figure.id}`;
  const across = xs.trim().split(' ').map(Number);
  const places = runs.map(([, values], i) => ({
    x: across[Math.min(i, across.length - 1)] ?? 0,
    y: median(values.map(Number)),
  }));
  link.addEventListener('click', () => ring(panel, places));
  return [link];
}

/** What the paper calls presets. */
const presetNames = (): Record<string, string> =>
  JSON.parse(
    document.querySelector<HTMLElement>('[data-presets]')?.dataset['presets'] ?? '{}',
  ) as Record<string, string>;

/** What a number is, its runs, the artifact that it was read from, and where it is drawn. */
export function numberCard(number: HTMLElement): Element[] {
  const { of = '', is = '', at, runs: listed } = number.dataset;
  const runs = runsOf(listed ?? number.getAttribute('value') ?? '');
  const [id = '', preset = ''] = of.split('.');
  const links = at === undefined ? [] : wayToFigure(at, of, runs);
  if (of) {
    const artifact = element('a', id);
    artifact.href = siteUrl(`artifacts/#${id}-${preset}`);
    links.push(artifact);
  }
  const shown = (listed ?? number.hasAttribute('value')) ? tableOf(runs) : [];
  const scale = presetNames()[preset];
  const ways = element('p', ...links.flatMap((link, i) => (i > 0 ? [' · ', link] : [link])));
  if (scale) ways.append(` · ${scale}`);
  return [element('p', element('strong', is)), ...shown, ways];
}
