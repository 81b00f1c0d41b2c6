import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import {
  change,
  comparison,
  errorsAt,
  examples,
  reached,
  trainingSeconds,
  trainingValues,
} from '../../../../src/components/figures/learning-curves/facts.ts';
import { colour } from '../../../../src/components/drawing/colours.ts';
import { standalone } from '../../../../src/components/drawing/svg.ts';
import { acrossAt, downAt } from '../../../../src/components/drawing/axis.ts';
import { spread } from '../../../../src/components/drawing/labels.ts';
import { axesOf } from '../../../../src/components/figures/learning-curves/axes.ts';
import { drawPanel } from '../../../../src/components/figures/learning-curves/panel.ts';
import { publishedAt } from '../../../../src/components/figures/learning-curves/published-at.ts';
import { exampleData, exampleInputs, examplePublished } from '../../example-data.ts';

const METHODS = ['mamba', 'gpt2', 'least-squares'];

test('k is a count or a multiple of d', () => {
  expect(examples(exampleData, '2d')).toBe(4);
  expect(examples(exampleData, 7)).toBe(7);
  expect(() => examples(exampleData, 'two', '<here>')).toThrow(/^<here>: expected k as 10 or 2d/);
});

test('a number that the artifact lacks fails by name', () => {
  const place = { method: 'mamba', on: 'training', k: '2d' };
  expect(errorsAt(exampleData, place, 'here')).toEqual([0.02, 0.04]);
  expect(() => errorsAt(exampleData, { ...place, k: 99 }, '<E>')).toThrow(/<E>.*k = 99/);
  expect(() => errorsAt(exampleData, { ...place, method: 's4' }, '<E>')).toThrow(/<E>.*s4/);
  expect(trainingValues(exampleData, 'gpt2', 'steps', 'here')).toEqual([10, 20]);
  expect(trainingSeconds(exampleData, exampleInputs, 'gpt2', 'here')).toEqual([60, 120]);
  expect(() => trainingSeconds(exampleData, {}, 'gpt2', '<T>')).toThrow(
    /<T>: expected train\/gpt2-1/,
  );
});

test('clauses state what the data say', () => {
  expect(comparison(['mamba', [1, 2]], ['gpt2', [3]])).toMatch(/^every Mamba run errs less/);
  expect(comparison(['mamba', [4, 5]], ['gpt2', [3]])).toBe(
    'the Transformer run errs less than every Mamba run',
  );
  expect(comparison(['mamba', [1, 5]], ['gpt2', [3]])).toMatch(/overlap$/);
  expect(reached([0.1, 0.2], 0.2)).toBe('in every run');
  expect(reached([0.1, 0.2], 0.15)).toBe('in 1 of 2 runs');
  expect(reached([0.1, 0.2], 0.05)).toBe('in no run');
  expect(change([1, 1], [2, 30])).toBe('grows by a factor of 2.0 to 30');
  expect(change([1, 1], [0.5, 0.5])).toBe('falls by a factor of 2.0');
  expect(change([1, 1], [0.5, 2])).toBe('changes by a factor between 0.50 and 2.0');
  expect(change([1], [1.01])).toBe('stays where it was');
});

test('a published value is the middle of its band at a multiple of its own d', () => {
  expect(publishedAt(examplePublished, { method: 'mamba', k: '2d' }, 'here')[0]).toBeCloseTo(
    0.02,
    12,
  );
  expect(() => publishedAt(examplePublished, { method: 'mamba', k: '3d' }, '<P>')).toThrow(
    /<P>.*3d/,
  );
  expect(() =>
    publishedAt(examplePublished, { method: 'mamba', k: '2d', on: 'noisy' }, '<P>'),
  ).toThrow(/<P>.*mamba/);
  expect(() => publishedAt(examplePublished, { method: 's4', k: '2d' }, '<P>')).toThrow(/<P>.*s4/);
});

test('labels keep their order and their distance', () => {
  const at = (y: number, text: string) => ({ y, text, variable: '--x', layer: 'curve' });
  const placed = spread([at(50, 'b'), at(49, 'a'), at(51, 'c')], 14, 10, 300);
  expect(placed.map((label) => label.text)).toEqual(['a', 'b', 'c']);
  for (const [i, label] of placed.slice(1).entries())
    expect(label.y - (placed[i]?.y ?? 0)).toBeGreaterThanOrEqual(14 - 1e-6);
});

const { curves, d } = exampleData;
const overlay = { panel: examplePublished.panels[0]!, d: 20 };
const AXES = axesOf([{ d, curves, overlay: undefined }]);

function panel(evaluation: string): Element {
  const axes = AXES;
  const published = evaluation === 'isotropic' ? overlay : undefined;
  const label = `Panel ${evaluation}`;
  const markup = drawPanel({
    artifact: 'example.small',
    data: exampleData,
    axes,
    evaluation,
    methods: METHODS,
    trained: 2,
    published,
    label,
  });
  const svg = new JSDOM(markup).window.document.querySelector('svg');
  if (!svg) throw new Error('expected an svg');
  return svg;
}

test('a panel draws every seed, the published runs and a name for each method', () => {
  const svg = panel('isotropic');
  expect(svg.querySelectorAll('.curve.mamba, .curve.gpt2')).toHaveLength(4);
  expect(svg.querySelectorAll('.curve.least-squares')).toHaveLength(1);
  expect(svg.querySelectorAll('path.published')).toHaveLength(1);
  const names = [...svg.querySelectorAll('.label')].map((label) => label.textContent);
  expect(names).toEqual(expect.arrayContaining(['Mamba', 'Transformer', 'least squares ↓']));
  expect(panel('training').querySelectorAll('.published')).toHaveLength(0);
});

test('the drawing and the projection for overlays agree', () => {
  const svg = panel('training');
  const axes = AXES;
  const path = svg.querySelector('path.curve.mamba.seed-1')?.getAttribute('d') ?? '';
  const [x, y] = (/^M([\d.]+) ([\d.]+)/.exec(path) ?? []).slice(1).map(Number);
  expect(x).toBeCloseTo(acrossAt(axes.x, 0), 0);
  expect(y).toBeCloseTo(downAt(axes.y, 1), 0);
});

test('the axis reaches the highest published run within the contexts shown', () => {
  const [first] = overlay.panel.curves;
  const high = overlay.panel.k.map((k) => (k / overlay.d <= 1 ? 40 : 1e6));
  const tall = { d: 20, panel: { ...overlay.panel, curves: [{ ...first!, low: high, high }] } };
  const short = curves.map((curve) => ({ ...curve, k: [0, d] }));
  expect(axesOf([{ d, curves: short, overlay: tall }]).y.domain[1]).toBeCloseTo(100, 6);
  expect(axesOf([{ d, curves, overlay: undefined }]).x.domain).toEqual([0, 12]);
});

test('an artifact without a curve fails, naming the panel', () => {
  const draw = () =>
    drawPanel({
      artifact: 'example.small',
      data: exampleData,
      axes: AXES,
      trained: 2,
      evaluation: 'noisy',
      methods: ['mamba'],
      published: undefined,
      label: 'Panel noisy',
    });
  expect(draw).toThrow(/Panel noisy: expected curves of mamba on noisy/);
});

test('a figure that stands alone wears the colours of the light theme', () => {
  const svg = standalone(['<svg fill="var(--mamba)"></svg>'], 10, 10);
  expect(svg).toContain(`fill="${colour('--mamba', 'light')}"`);
  expect(() => standalone(['<svg fill="var(--nothing)"></svg>'], 10, 10)).toThrow(/--nothing/);
});
