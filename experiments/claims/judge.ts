import type { Preset } from '../../src/artifacts/artifact.ts';
import type { Claim } from '../../src/artifacts/claims.ts';
import { passes } from '../../src/artifacts/strain.ts';
import { dataFile } from '../../src/lab/experiment.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import { BEYOND } from './beyond.ts';
import type { ClaimTest, Finding } from './claim.ts';
import { parseDatum } from '../outputs/files.ts';
import { Evidence, NotRun } from './evidence.ts';
import { FUNCTIONS } from './functions.ts';
import { LANGUAGE } from './language.ts';
import { LAYERS } from './layers.ts';
import { LINEAR } from './linear.ts';
import { MARKOV } from './markov.ts';
import { READINGS } from './readings.ts';
import { TRAINING_INPUTS } from './training-inputs.ts';

/** All claims, those of the paper in its order. */
export const CLAIM_TESTS: readonly ClaimTest[] = [
  ...LINEAR,
  ...FUNCTIONS,
  ...TRAINING_INPUTS,
  ...LAYERS,
  ...READINGS,
  ...LANGUAGE,
  ...BEYOND,
  ...MARKOV,
];

export type JudgeParameters = { preset: Preset };

/** Holds every claim against the data of the artifacts of one preset. Outputs `data.json`. */
export function judgeClaims({ parameters, data }: NodeContext<JudgeParameters>): Promise<Files> {
  const there = Object.keys(data).filter((id) => data[id] !== undefined);
  const found = there.map((id): [string, object] => [id, parseDatum(data, id) as object]);
  return Promise.resolve(
    dataFile({ claims: judgeAll(CLAIM_TESTS, new Map(found), parameters.preset) }),
  );
}

/** @param found the data of artifacts by experiment */
export const judgeAll = (
  tests: readonly ClaimTest[],
  found: ReadonlyMap<string, object>,
  preset: Preset,
): Claim[] => tests.map((test) => judge(test, found, preset));

function judge(
  { test, ofPublished, ...words }: ClaimTest,
  found: ReadonlyMap<string, object>,
  preset: Preset,
): Claim {
  const asked = ofPublished && decided(ofPublished, new Evidence(found));
  const published = typeof asked === 'object' && {
    ofPublished: { found: asked.ours, verdict: verdictOf(asked), checks: asked.checks },
  };
  const evidence = new Evidence(found);
  const finding = decided(test, evidence);
  if (typeof finding === 'string') {
    const remark = finding;
    return {
      ...words,
      ours: null,
      verdict: 'not run',
      remark,
      ...published,
      preset: null,
      traces: [],
    };
  }
  const traces = evidence.read.map((read) => ({
    ...read,
    command: `npm run lab -- run ${read.artifact} --preset ${preset}`,
  }));
  return { ...words, ...finding, verdict: verdictOf(finding), ...published, preset, traces };
}

const verdictOf = ({ checks }: Finding): 'holds' | 'does not hold' =>
  passes(checks) ? 'holds' : 'does not hold';

/** What came out, or why nothing did. */
function decided(test: ClaimTest['test'], evidence: Evidence): Finding | string {
  try {
    return test(evidence);
  } catch (error) {
    if (!(error instanceof NotRun)) throw error;
    return error.message;
  }
}
