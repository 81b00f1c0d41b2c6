import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { presets } from '../../../src/artifacts/artifact.ts';
import { listExperiments } from '../../../src/lab/catalog.ts';
import { openWorkspace } from '../../../src/lab/workspace.ts';
import {
  madeUp,
  madeUpDescents,
  madeUpLine,
  madeUpPilots,
  madeUpScaling,
  madeUpSpeed,
  madeUpTokens,
  plant,
} from './planted.ts';

const ROOT = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'figures-'));

vi.mock('../../../src/components/results/folders.ts', () => ({
  rootFolder: ROOT,
  publicFolder: folder,
  contentFolder: join(ROOT, 'content'),
}));

vi.mock('astro:content', () => ({ getCollection: () => [] }));

// The figures look for what is run as soon as they are loaded.
vi.stubEnv('SITE_PUBLIC', folder);
const experiments = await listExperiments(openWorkspace(ROOT));
const experimentOf = (id: string) => experiments.find((experiment) => experiment.id === id)!;
/** Its figure shows curves of another kind, with facts tested in token-curves/. */
const TOKENS = 'markov';
for (const experiment of experiments) {
  if (['claims', TOKENS, 'zero-predictor'].includes(experiment.id)) continue;
  if (experiment.id === 'gradient-descent') plant(folder, experiment.id, madeUpDescents());
  else if (experiment.id === 'scan-speed') plant(folder, experiment.id, madeUpSpeed());
  else if (experiment.id === 'along-a-line') plant(folder, experiment.id, madeUpLine());
  else if (experiment.id === 'pilots') plant(folder, experiment.id, madeUpPilots());
  else if (experiment.id === 'markov') plant(folder, experiment.id, madeUpTokens());
  else if (experiment.id === 'scaling') plant(folder, experiment.id, madeUpScaling());
  else plant(folder, experiment.id, madeUp(experiment));
}
const { figures } = await import('../../../content/figures.ts');
const ids = Object.keys(figures).filter((id) => id !== TOKENS);

afterAll(() => rmSync(folder, { recursive: true }));

type Drawn = ReturnType<(typeof figures)[string]['draw']>;
const drawings = new Map<string, Drawn>();
const draw = (id: string): Drawn => {
  const drawing = drawings.get(id) ?? figures[id]!.draw('small', `figure ${id}`);
  drawings.set(id, drawing);
  return drawing;
};
const svgOf = (markup: string) => new JSDOM(markup).window.document.querySelector('svg')!;

describe.each(ids)('%s', (id) => {
  test('shows what its experiments measure: every panel named, drawn and labelled', async () => {
    const { panels } = await draw(id);
    expect(panels.length).toBeGreaterThan(1);
    for (const { title, svg } of panels) {
      const drawn = svgOf(svg);
      expect(drawn.getAttribute('role')).toBe('img');
      expect(drawn.getAttribute('aria-label')).toContain(title.split(':')[0]);
      const labels = [...drawn.querySelectorAll('.label.curve')].map((label) => label.textContent);
      expect(labels.length).toBeGreaterThan(0);
      for (const axis of drawn.querySelectorAll('g[font-variant]')) {
        const ticks = [...axis.querySelectorAll('text')].filter((tick) => tick.textContent);
        expect(ticks.length, 'ticks with a label').toBeGreaterThan(1);
      }
      expect(drawn.querySelectorAll('path, circle').length).toBeGreaterThan(labels.length);
      expect(drawn.outerHTML).not.toMatch(/NaN|undefined| style=/);
    }
  });

  test('reads out the rows of its tables, and has its numbers as CSV and in words', async () => {
    const { panels, tables, csv, description, sources } = await draw(id);
    const rows = (i: number) => tables[i]!.rows.length;
    expect(panels.map(({ rowsAt }, i) => rowsAt?.length ?? rows(i))).toEqual(
      panels.map((_, i) => rows(i)),
    );
    const [header = '', ...lines] = csv.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line.split(',')).toHaveLength(header.split(',').length);
    for (const { columns, rows: cells } of tables) {
      for (const row of cells) expect(row).toHaveLength(columns.length);
    }
    expect(description.length).toBeGreaterThanOrEqual(2);
    expect(description.join(' ')).not.toMatch(/NaN|undefined|Infinity/);
    expect(sources.map(({ experiment }) => experiment)).toEqual(
      expect.arrayContaining([...figures[id]!.experiments]),
    );
  });

  test('stands alone in the colours of the light theme', async () => {
    const { svg } = await draw(id);
    expect(svg).not.toContain('var(');
    expect(svg).toMatch(/^<svg xmlns/);
  });
});

test('the panels of one figure share their axes', async () => {
  for (const id of [
    'skewed-linear-regression',
    'ood',
    'functions',
    'longer',
    'isotropic',
    'architectures',
  ]) {
    const { panels } = await draw(id);
    const axes = panels.map(({ svg }) => svgOf(svg).getAttribute('data-axes'));
    expect(new Set(axes).size).toBe(1);
  }
});

test('every reproduced panel carries its published runs', async () => {
  const drawn = async (id: string) => {
    const { panels, overlay } = await draw(id);
    return [overlay, panels.map(({ svg }) => svgOf(svg).querySelectorAll('path.published').length)];
  };
  const overlay = 'Show the published runs (d = 20, thin lines)';
  // Runs drawn in the paper: of Mamba two, and three of every other model (content/reproduction-notes.mdx, Two curves
  // of Mamba where the text has three), and baselines.
  expect(await drawn('skewed-linear-regression')).toEqual([overlay, [0, 2 + 3 + 3 + 1]]);
  expect(await drawn('functions')).toEqual([overlay, [3 + 3 + 2, 3 + 3 + 2, 3 + 3 + 2]]);
  expect(await drawn('longer')).toEqual([overlay, [2 + 3, 3 + 3, 3 + 3]]);
  expect(await drawn('layers')).toEqual([overlay, [2 + 2, 2, 2, 2]]);
  expect(await drawn('layers-k')).toEqual([overlay, [3, 3]]);
});

describe('with the first results at paper, one experiment of two stopped trainings', () => {
  const id = 'sparse-linear-regression';
  const stopped = 'Transformer after 9,000 of 500,001 steps';

  beforeAll(() => {
    const { curves, trainings, probes, order, ...rest } = madeUp(experimentOf(id), 'paper');
    const ofGpt2 = <Item extends { method: string }>(items: readonly Item[]) =>
      items.filter(({ method }) => method !== 'mamba');
    const parted = ofGpt2(trainings).map((training) => ({
      ...training,
      weights: undefined,
      until: 9000,
    }));
    plant(
      folder,
      id,
      { ...rest, curves: ofGpt2(curves), trainings: parted, probes: ofGpt2(probes), order },
      'paper',
    );
  });

  test('a figure shows them besides its own, and only their panels and methods', async () => {
    const { figure } = await import('../../../src/components/frame/registry.ts');
    const { variants } = await figure('functions');
    expect(variants.map(({ preset }) => preset)).toEqual(['small', 'paper']);
    const [small, paper] = variants;
    expect(small!.panels).toHaveLength(3);
    expect(paper!.panels).toHaveLength(1);
    const labels = [...svgOf(paper!.panels[0]!.svg).querySelectorAll('.label.curve')];
    expect(labels.map((label) => label.textContent)).not.toContain('Mamba');
    expect(labels.map((label) => label.textContent)).toContain('Transformer');
    expect(paper!.sources.map((source) => source.stopped)).toEqual([[stopped]]);
    expect(small!.sources.flatMap((source) => source.stopped)).toEqual([]);
    const other = await figure('skewed-linear-regression');
    expect(other.variants.map(({ preset }) => preset)).toEqual(['small']);
  });
});

test('a reader can choose every preset', () => {
  const css = readFileSync(join(ROOT, 'src/styles/figure.css'), 'utf8');
  for (const preset of presets)
    expect(css).toContain(
      `.figure:has([value='${preset}']:checked) .variant:not([data-preset='${preset}'])`,
    );
});

test('a figure of probes is not drawn at a preset whose results have none', async () => {
  const { figure } = await import('../../../src/components/frame/registry.ts');
  const { probes: _, order: __, ...rest } = madeUp(experimentOf('relu-network'), 'paper');
  plant(folder, 'relu-network', { ...rest, probes: [], order: [] }, 'paper');
  const variants = (await figure('scale-shift')).variants.map(({ preset }) => preset);
  expect(variants).toEqual(['small']);
  expect(await figures['scale-shift']!.isMeasured!('small', 'here')).toBe(true);
});

test('a figure whose artifact is missing fails by its name and says what to run', async () => {
  await expect(figures['ood']!.draw('paper', 'figure ood')).rejects.toThrow(
    /^figure ood: expected the file .*skewed-linear-regression\.paper\.json, got none; npm run lab -- run skewed-linear-regression --preset paper/,
  );
});
