import { readFile } from 'node:fs/promises';
import { artifactPath } from '../../src/artifacts/artifact.ts';
import type { Preset } from '../../src/artifacts/artifact.ts';
import type { Claim } from '../../src/artifacts/claims.ts';
import { dataFile } from '../../src/lab/experiment.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import { BEYOND } from './beyond.ts';
import type { ClaimTest } from './claim.ts';
import { Evidence, NotRun } from './evidence.ts';
import { FUNCTIONS } from './functions.ts';
import { LAYERS } from './layers.ts';
import { LINEAR } from './linear.ts';
import { READINGS } from './readings.ts';
import { TRAINING_INPUTS } from './training-inputs.ts';

/** All claims, those of the paper in its order. */
export const CLAIM_TESTS: readonly ClaimTest[] = [
  ...LINEAR,
  ...FUNCTIONS,
  ...TRAINING_INPUTS,
  ...LAYERS,
  ...READINGS,
  ...BEYOND,
];

export type JudgeParameters = {
  preset: Preset;
  /** sha256 of each artifact's file by experiment; null where there is none. It puts them into the key. */
  artifacts: Record<string, string | null>;
};

/** Holds every claim against the committed artifacts of one preset. Outputs `data.json`. */
export async function judgeClaims({ parameters }: NodeContext<JudgeParameters>): Promise<Files> {
  const { preset, artifacts } = parameters;
  const there = Object.keys(artifacts).filter((id) => artifacts[id] !== null);
  const files = await Promise.all(
    there.map(async (id) => {
      const url = new URL(`../../public/${artifactPath(id, preset)}`, import.meta.url);
      return [id, JSON.parse(await readFile(url, 'utf8')) as object] as const;
    }),
  );
  return dataFile({ claims: judgeAll(CLAIM_TESTS, new Map(files), preset) });
}

/** @param files parsed artifact files by experiment */
export const judgeAll = (
  tests: readonly ClaimTest[],
  files: ReadonlyMap<string, object>,
  preset: Preset,
): Claim[] => tests.map((test) => judge(test, new Evidence(files), preset));

function judge({ test, ...words }: ClaimTest, evidence: Evidence, preset: Preset): Claim {
  try {
    const { holds, ...found } = test(evidence);
    const traces = evidence.read.map((read) => ({
      ...read,
      command: `npm run lab -- run ${read.artifact} --preset ${preset}`,
    }));
    return { ...words, ...found, verdict: holds ? 'holds' : 'does not hold', preset, traces };
  } catch (error) {
    if (!(error instanceof NotRun)) throw error;
    const remark = error.message;
    return { ...words, ours: null, verdict: 'not run', remark, preset: null, traces: [] };
  }
}
