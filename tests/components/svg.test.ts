import { expect, test } from 'vitest';
import { figureDocument, toMarkup } from '../../src/components/figure/svg.ts';

test('a line is told step by step, to a tenth and without drift', () => {
  const svg = figureDocument().createElement('svg');
  svg.innerHTML =
    '<path d="M1,2.04L1.04,2.04L1.08,3L1.12,3Z"></path><path d="M0,1A1,1,0,1,1,0,-1.26"></path>';
  const paths = [...toMarkup(svg).matchAll(/ d="([^"]*)"/g)].map(([, d]) => d);
  expect(paths).toEqual(['M1,2l0,0l0.1,1l0,0Z', 'M0,1A1,1,0,1,1,0,-1.3']);
});
