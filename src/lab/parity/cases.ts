import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../artifacts/json.ts';
import type { Check } from './compare.ts';
import { checkLanguage } from './language.ts';
import { checkRegression } from './regression.ts';
import { checkSelectiveScan } from './selective-scan.ts';
import { readTensors } from './tensors.ts';
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
  try {
    return { name, ...checkOf(folder, settingsIn(join(folder, 'config.json'))) };
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    return { name, kind: 'unknown', check: () => Promise.reject(failure) };
  }
}

function settingsIn(path: string): z.infer<typeof config> {
  const about = { path, expected: 'the settings of a golden case', remedy: 'restore it' };
  if (!isFile(path)) throw new Error(`${path}: expected a regular file, got none; restore it`);
  return parseJson(readFileSync(path, 'utf8'), config, about);
}

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true;

function checkOf(
  folder: string,
  settings: z.infer<typeof config>,
): Pick<GoldenCase, 'kind' | 'check'> {
  const has = (file: string): boolean => isFile(join(folder, file));
  const tensors = (file: string): Tensors => readTensors(join(folder, file));
  if (settings.op === 'selective_scan' && has(CASE)) {
    const check = async (): Promise<Check[]> => checkSelectiveScan(settings, tensors(CASE));
    return { kind: 'selective-scan', check };
  }
  if (settings.model !== undefined && has('weights.safetensors') && has(CASE)) {
    const check = async (): Promise<Check[]> =>
      checkRegression(settings, tensors('weights.safetensors'), tensors(CASE));
    return { kind: 'regression', check };
  }
  if (has('golden.json')) return { kind: 'language', check: () => checkLanguage(folder) };
  throw new Error(
    `parity: expected a selective-scan, regression or language case, got ${readdirSync(folder).join(', ')} ` +
      `in ${folder}; this version checks no other kind`,
  );
}
