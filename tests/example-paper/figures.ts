import * as Plot from '@observablehq/plot';
import { z } from 'zod';
import { artifactPath } from '../../src/artifacts/artifact.ts';
import { readArtifact } from '../../src/components/results/artifacts.ts';
import { figureDocument, standalone, toMarkup } from '../../src/components/drawing/svg.ts';
import type { FigureEntry } from '../../src/components/paper/paper.ts';

const dice = z.strictObject({ throws: z.array(z.int()), mean: z.number() });

function draw(throws: readonly number[]): string {
  const svg = Plot.plot({
    document: figureDocument(),
    className: 'panel',
    width: 400,
    height: 200,
    marks: [
      Plot.barY(throws, { x: (_: number, i: number) => i + 1, y: throws, fill: 'var(--link)' }),
    ],
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'Eyes of each throw');
  svg.removeAttribute('style');
  return toMarkup(svg);
}

export const figures: Record<string, FigureEntry> = {
  throws: {
    experiments: ['dice'],
    async draw(preset, neededBy) {
      const { data, provenance } = await readArtifact('dice', dice, neededBy, preset);
      const rows = data.throws.map((eyes, i) => [String(i + 1), String(eyes)]);
      const svg = draw(data.throws);
      return {
        panels: [
          { title: 'Eyes', note: 'of each throw', svg, rowsAt: rows.map((_, i) => 60 + 28 * i) },
        ],
        overlay: undefined,
        svg: standalone([svg]),
        csv: ['throw,eyes', ...rows.map((row) => row.join(','))].join('\n'),
        description: [`Bars, one a throw, with a mean of ${data.mean}.`],
        tables: [{ title: 'Throws', columns: ['throw', 'eyes'], rows }],
        sources: [{ experiment: 'dice', artifact: artifactPath('dice', preset), provenance }],
      };
    },
  },
};
