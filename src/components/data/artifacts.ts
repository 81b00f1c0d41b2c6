import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { artifactPath, parseArtifact, presets } from '../../artifacts/artifact.ts';
import type { Artifact, Preset } from '../../artifacts/artifact.ts';
import { learningCurves } from '../../artifacts/learning-curves.ts';
import type { LearningCurves } from '../../artifacts/learning-curves.ts';
import { publicFolder, rootFolder } from './folders.ts';
import { publishedCurves } from './published.ts';
import type { PublishedCurves } from './published.ts';

export type LearningCurveArtifact = Artifact<LearningCurves>;

const { SITE_PRESET = 'small' } = process.env;

/** The preset whose numbers the prose and the figures show first. */
function sitePreset(): Preset {
  const preset = presets.find((name) => name === SITE_PRESET);
  if (preset) return preset;
  throw new Error(
    `SITE_PRESET: expected one of ${presets.join(', ')}, got ${SITE_PRESET}; correct the variable`,
  );
}

/** Presets in which an experiment's results are there: the site's own first. */
export const presetsOf = (id: string): Preset[] => [
  sitePreset(),
  ...presets.filter(
    (preset) =>
      preset !== sitePreset() &&
      preset !== 'smoke' &&
      existsSync(join(publicFolder, artifactPath(id, preset))),
  ),
];

async function readJson(file: string, neededBy: string, remedy: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`${neededBy}: expected the file ${file}, got none; ${remedy}`, { cause });
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new Error(`${neededBy}: expected JSON in ${file}, got something else; ${remedy}`, {
      cause,
    });
  }
}

const memo = new Map<string, Promise<Artifact<unknown>>>();

/**
 * The artifact of an experiment, validated once a build.
 * @param schema of its data
 * @param neededBy the figure or sentence that needs it, named when the build fails
 * @throws Error if the artifact is missing or invalid
 */
function readArtifact<Schema extends z.ZodType>(
  id: string,
  schema: Schema,
  neededBy: string,
  preset: Preset = sitePreset(),
): Promise<Artifact<z.infer<Schema>>> {
  const path = artifactPath(id, preset);
  let artifact = memo.get(path);
  if (!artifact) {
    const remedy = `npm run lab -- run ${id} --preset ${preset}`;
    artifact = readJson(join(publicFolder, path), neededBy, remedy).then((json) =>
      parseArtifact(json, schema, `${neededBy}: ${path}`),
    );
    memo.set(path, artifact);
  }
  return artifact as Promise<Artifact<z.infer<Schema>>>;
}

/** The artifact of an experiment that measures learning curves. */
export const readLearningCurves = (
  id: string,
  neededBy: string,
  preset?: Preset,
): Promise<LearningCurveArtifact> => readArtifact(id, learningCurves, neededBy, preset);

/** The curves of the published figure that belong to an experiment, from `experiments/reference/`. */
export async function readPublishedCurves(id: string, neededBy: string): Promise<PublishedCurves> {
  const file = join(rootFolder, 'experiments', 'reference', `${id}.json`);
  return publishedCurves.parse(await readJson(file, neededBy, 'restore it from git'));
}
