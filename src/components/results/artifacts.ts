import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { artifactPath, parseArtifact, presets } from '../../artifacts/artifact.ts';
import type { Artifact, Preset } from '../../artifacts/artifact.ts';
import { paperFolder } from '../../artifacts/folder.ts';
import { checkJson } from '../../artifacts/json.ts';
import { isRun } from './committed.ts';
import { publicFolder } from './folders.ts';
import { Kept } from './kept.ts';
import { sitePreset } from './preset.ts';
import { publishedResults } from './published.ts';
import type { PublishedResults } from './published.ts';

/** Presets in which there are results of these experiments: the site's own first. */
export const presetsOf = (ids: readonly string[]): Preset[] => [
  sitePreset(),
  ...presets.filter(
    (preset) =>
      preset !== sitePreset() && preset !== 'smoke' && ids.some((id) => isRun(id, preset)),
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

/** What was read, by schema and path. */
const memo = new Map<z.ZodType, Kept<string, Promise<Artifact<unknown>>>>();

/**
 * The artifact of an experiment, read once a build.
 * @param schema of its data
 * @param neededBy the figure or sentence that needs it, named when the build fails
 * @throws Error if the artifact is missing or invalid
 */
export function readArtifact<Schema extends z.ZodType>(
  id: string,
  schema: Schema,
  neededBy: string,
  preset: Preset = sitePreset(),
): Promise<Artifact<z.infer<Schema>>> {
  const path = artifactPath(id, preset);
  const known = memo.get(schema) ?? new Kept<string, Promise<Artifact<unknown>>>();
  memo.set(schema, known);
  const artifact = known.at(path, () => {
    const remedy = `npm run lab -- run ${id} --preset ${preset}`;
    return readJson(join(publicFolder, path), neededBy, remedy).then((json) =>
      parseArtifact(json, schema, `${neededBy}: ${path}`),
    );
  });
  return artifact as Promise<Artifact<z.infer<Schema>>>;
}

/** What was digitised of the published figures of an experiment, from `experiments/reference/`. */
export async function readPublished(id: string, neededBy: string): Promise<PublishedResults> {
  const file = join(paperFolder(), 'experiments', 'reference', `${id}.json`);
  const remedy = 'restore it from git';
  const about = { path: `${neededBy}: ${file}`, expected: 'published results', remedy };
  return checkJson(await readJson(file, neededBy, remedy), publishedResults, about);
}

/** Every committed artifact but those of trial runs, by id. */
export async function listArtifacts(): Promise<Artifact<unknown>[]> {
  const files = await readdir(join(publicFolder, 'artifacts'));
  const names = files.flatMap((file) => {
    const [, id, named] = /^([a-z0-9-]+)\.([a-z]+)\.json$/.exec(file) ?? [];
    const preset = presets.find((one) => one === named && one !== 'smoke');
    return id && preset ? [{ id, preset }] : [];
  });
  return Promise.all(
    names.map(({ id, preset }) => readArtifact(id, z.unknown(), `artifact ${id}`, preset)),
  );
}
