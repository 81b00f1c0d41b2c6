import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { alongALine } from '../../src/artifacts/along-a-line.ts';
import { parseArtifact } from '../../src/artifacts/artifact.ts';
import { learningCurves } from '../../src/artifacts/learning-curves.ts';
import { gradientDescentRuns } from '../../src/artifacts/mechanisms.ts';
import { scaling } from '../../src/artifacts/scaling.ts';
import { scanSpeed } from '../../src/artifacts/scan-speed.ts';
import { zeroPredictor } from '../../src/artifacts/zero-predictor.ts';

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  'along-a-line': alongALine,
  'gradient-descent': gradientDescentRuns,
  'scan-speed': scanSpeed,
  'skewed-linear-regression': learningCurves,
  'zero-predictor': zeroPredictor,
  scaling,
};

type Json = { [key: string]: Json } & Json[] & number;

const committed = (id: string): Json =>
  JSON.parse(
    readFileSync(resolve(import.meta.dirname, `../../public/artifacts/${id}.small.json`), 'utf8'),
  ) as Json;

const parsed = (id: string, json: unknown): unknown =>
  parseArtifact(json, SCHEMAS[id] as z.ZodType, `${id}.small.json`);

/** The committed artifact with the value at `path` (of `data`) replaced by what `change` makes of it. */
function changed(id: string, path: string, change: (value: Json) => unknown): unknown {
  const json = committed(id);
  const names = path.split('.');
  const last = names.pop() as string;
  let place = json['data'] as Json;
  for (const name of names) place = (name === '*' ? Object.values(place)[0] : place[name]) as Json;
  expect(place[last]).toBeDefined();
  place[last] = change(place[last] as Json) as Json;
  return json;
}

const shorter = (values: Json): unknown => values.slice(1);
const longer = (values: Json): unknown => [...values, values.at(-1)];
const backwards = (values: Json): unknown => values.toReversed();
const to = (value: unknown) => (): unknown => value;

it.each(Object.keys(SCHEMAS))('the committed %s holds to it', (id) => {
  expect(() => parsed(id, committed(id))).not.toThrow();
});

describe('an artifact is refused by name and place whose', () => {
  it.each<[string, string, string, (value: Json) => unknown, RegExp]>([
    ['interval is upside down', 'skewed-linear-regression', 'curves.0.low.1', to(9), /low.*high/],
    [
      'interval of a probe is',
      'skewed-linear-regression',
      'probes.0.layers.0.error.low',
      to(9),
      /low.*high/,
    ],
    ['interval of a run is', 'scaling', 'runs.0.error.low', to(9), /low.*high/],
    ['interval of a task is', 'zero-predictor', 'tasks.*.error.low', to(9), /low.*high/],
    ['means are too few', 'skewed-linear-regression', 'curves.0.mean', shorter, /equal length/],
    [
      'first batch is too long',
      'skewed-linear-regression',
      'curves.0.firstBatch',
      longer,
      /equal length/,
    ],
    ['interval is too short', 'skewed-linear-regression', 'curves.0.high', shorter, /equal length/],
    [
      'losses are too few',
      'skewed-linear-regression',
      'trainings.0.loss.value',
      shorter,
      /equal length/,
    ],
    [
      'steps run backwards',
      'skewed-linear-regression',
      'trainings.0.loss.step',
      backwards,
      /ascending/,
    ],
    ['examples run backwards', 'skewed-linear-regression', 'curves.0.k', backwards, /ascending/],
    [
      'number is beyond float32',
      'skewed-linear-regression',
      'curves.0.mean.1',
      to(1e307),
      /<=.*e\+?38/,
    ],
    ['number is beyond it below', 'along-a-line', 'lines.0.y.0', to(-1e307), />=.*e\+?38/],
    ['line has other places', 'along-a-line', 'lines.0.y', shorter, /as many values as places/],
    ['places run backwards', 'along-a-line', 't', backwards, /ascending/],
    ['times are too few', 'scan-speed', 'series.0.milliseconds', shorter, /equal length/],
    ['lengths run backwards', 'scan-speed', 'series.0.length', backwards, /ascending/],
    ['descents are of two lengths', 'gradient-descent', 'runs.*.gd', shorter, /equal length/],
    ['grid is ragged', 'gradient-descent', 'runs.*.grid.error', shorter, /equal length/],
    ['prompts are fewer than none', 'skewed-linear-regression', 'prompts', to(-1), />0/],
    ['confidence is above 1', 'skewed-linear-regression', 'confidence', to(95), /<1/],
    ['spread is negative', 'zero-predictor', 'tasks.*.error.sd', to(-1), />=0/],
  ])('%s', (_, id, path, change, message) => {
    const json = changed(id, path, change);
    expect(() => parsed(id, json)).toThrow(message);
    expect(() => parsed(id, json)).toThrow(new RegExp(`^${id}\\.small\\.json: `));
  });

  it.each([
    ['seconds', -1],
    ['seconds', 1e307],
    ['startedAt', 'yesterday'],
  ])('%s are %s', (name, value) => {
    const json = committed('scaling');
    (json['provenance'] as Json)[name] = value as Json;
    expect(() => parsed('scaling', json)).toThrow(`provenance.${name}`);
  });
});
