import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { decode } from '../../numerics/safetensors.ts';
import type { Check } from './compare.ts';
import { checkRegression } from './regression.ts';
import { checkSelectiveScan } from './selective-scan.ts';
import type { Tensors } from './tensors.ts';

/** A folder of golden inputs and outputs. */
export interface GoldenCase {
  /** Last two parts of its path, such as `selective-scan/3`. */
  name: string;
  kind: string;
  check(): Promise<Check[]>;
}

const CASE = 'case.safetensors';
const config = z.looseObject({ op: z.string().optional(), model: z.string().optional() });

/** The cases in a folder and below it. */
export function findCases(folder: string): GoldenCase[] {
  if (!existsSync(folder)) {
    throw new Error(`parity: expected a folder of golden cases, got ${folder}; check the path`);
  }
  if (existsSync(join(folder, 'config.json'))) return [openCase(resolve(folder))];
  const below = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
  return below.toSorted().flatMap(findCases);
}

function openCase(folder: string): GoldenCase {
  const name = folder.split(sep).slice(-2).join('/');
  const settings = config.parse(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')));
  const has = (file: string): boolean => existsSync(join(folder, file));
  const tensors = (file: string): Tensors => decode(readFileSync(join(folder, file)));
  if (settings.op === 'selective_scan' && has(CASE)) {
    const check = (): Promise<Check[]> => checkSelectiveScan(settings, tensors(CASE));
    return { name, kind: 'selective-scan', check };
  }
  if (settings.model !== undefined && has('weights.safetensors') && has(CASE)) {
    const check = (): Promise<Check[]> =>
      checkRegression(settings, tensors('weights.safetensors'), tensors(CASE));
    return { name, kind: 'regression', check };
  }
  const check = (): Promise<Check[]> => {
    throw new Error(
      `parity: expected a selective-scan or regression case, got ${readdirSync(folder).join(', ')} ` +
        `in ${folder}; this version checks no other kind`,
    );
  };
  return { name, kind: 'unknown', check };
}
