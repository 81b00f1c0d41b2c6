import { z } from 'zod';
import { artifactPath } from '../../artifacts/artifact.ts';
import type { Artifact } from '../../artifacts/artifact.ts';
import { formatInteger } from '../format.ts';
import type { Source } from './drawing.ts';
import { methodStyle } from './methods.ts';

/** The artifacts behind a figure, each once. */
export function sourcesOf(artifacts: readonly Artifact<unknown>[]): Source[] {
  const byId = new Map(artifacts.map((artifact) => [artifact.id, artifact]));
  return [...byId.values()].map(({ id, preset, provenance, data }) => ({
    experiment: id,
    artifact: artifactPath(id, preset),
    stopped: stoppedTrainings(data),
    provenance,
  }));
}

const trained = z.looseObject({
  trainings: z.array(
    z.looseObject({
      config: z.looseObject({ model: z.string() }),
      steps: z.int(),
      until: z.int().optional(),
    }),
  ),
});

/** Trainings that ended before their schedules, as `Mamba after 9,000 of 500,001 steps`, each once. */
function stoppedTrainings(data: unknown): string[] {
  const { trainings } = trained.safeParse(data).data ?? { trainings: [] };
  const words = trainings.flatMap(({ config, steps, until }) =>
    until === undefined
      ? []
      : `${methodStyle(config.model).name} after ${formatInteger(until)} of ${formatInteger(steps)} steps`,
  );
  return [...new Set(words)];
}
