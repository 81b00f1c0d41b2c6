import type { Artifact } from '../../artifacts/artifact.ts';
import { artifactPath } from '../../artifacts/artifact.ts';
import type { Source } from './drawing.ts';

/** The artifacts behind a figure, each once. */
export function sourcesOf(artifacts: readonly Artifact<unknown>[]): Source[] {
  const byId = new Map(artifacts.map((artifact) => [artifact.id, artifact]));
  return [...byId.values()].map(({ id, preset, provenance }) => ({
    experiment: id,
    artifact: artifactPath(id, preset),
    provenance,
  }));
}
