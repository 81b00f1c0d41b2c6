import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { acrossAt, downAt } from '../../../../src/components/drawing/axis.ts';
import { axesOf } from '../../../../src/components/figures/learning-curves/axes.ts';
import { drawPanel } from '../../../../src/components/figures/learning-curves/panel.ts';
import { exampleData, examplePublished } from '../../example-data.ts';

const METHODS = ['mamba', 'gpt2', 'least-squares'];

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
