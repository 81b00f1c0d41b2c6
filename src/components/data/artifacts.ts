import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publicDir, root } from 'astro:config/server';
import { artifactPath, parseArtifact, presets } from '../../artifacts/artifact.ts';
import type { Artifact, Preset } from '../../artifacts/artifact.ts';
import { learningCurves } from '../../artifacts/learning-curves.ts';
import type { LearningCurves } from '../../artifacts/learning-curves.ts';
import { publishedCurves } from './published.ts';
import type { PublishedCurves } from './published.ts';

export type LearningCurveArtifact = Artifact<LearningCurves>;

const { SITE_PRESET = 'small' } = process.env;

function sitePreset(): Preset {
  const preset = presets.find((name) => name === SITE_PRESET);
  if (preset) return preset;
  throw new Error(
    `SITE_PRESET: expected one of ${presets.join(', ')}, got ${SITE_PRESET}; correct the variable`,
  );
}

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

const memo = new Map<string, Promise<LearningCurveArtifact>>();

/**
 * The artifact of an experiment that measures learning curves, validated.
 * @param neededBy the figure or sentence that needs it, named when the build fails
 * @throws Error if the artifact is missing or invalid
 */
export function readLearningCurves(id: string, neededBy: string): Promise<LearningCurveArtifact> {
  const path = artifactPath(id, sitePreset());
  let artifact = memo.get(path);
  if (!artifact) {
    const remedy = `npm run lab -- run ${id} --preset ${sitePreset()}`;
    artifact = readJson(join(fileURLToPath(publicDir), path), neededBy, remedy).then((json) =>
      parseArtifact(json, learningCurves, `${neededBy}: ${path}`),
    );
    memo.set(path, artifact);
  }
  return artifact;
}

/** The curves of the published figure that belong to an experiment, from `experiments/reference/`. */
export async function readPublishedCurves(id: string, neededBy: string): Promise<PublishedCurves> {
  const file = join(fileURLToPath(root), 'experiments', 'reference', `${id}.json`);
  return publishedCurves.parse(await readJson(file, neededBy, 'restore it from git'));
}
