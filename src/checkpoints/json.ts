import { fault, quoted } from './fault.ts';
import { openFile, type Source } from './source.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const LONGEST = 64 * 2 ** 20;
const DOWNLOAD = 'download the file again';

/** A JSON file that holds an object. */
export interface JsonFile {
  readonly where: string;
  readonly text: string;
  readonly values: JsonObject;
}

/**
 * Reads a JSON file that holds an object. Python writes `Infinity` and `NaN` where JSON has neither:
 * they are read as the numbers they are.
 * @throws CheckpointError for an absent file, one that is something else (web page, LFS pointer), or no JSON
 */
export async function readJson(source: Source, path: string): Promise<JsonFile> {
  const file = await openFile(source, path);
  if (file.size > LONGEST)
    fault(
      file.where,
      `at most ${LONGEST} bytes`,
      `${file.size}`,
      'check that it is the right file',
    );
  const text = decoded(file.where, await file.read(0, file.size));
  return { where: file.where, text, values: parse(file.where, text) };
}

function decoded(where: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    return fault(where, 'text in UTF-8', 'other bytes', DOWNLOAD, error);
  }
}

/** A string, or a mark, or what stands between them. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^"{}[\],:\s]+/gs;
const PYTHON: Readonly<Record<string, string>> = { Infinity: '1e999', '-Infinity': '-1e999' };
const NOT_A_NUMBER = '{"not a number":true}';

function parse(where: string, text: string): JsonObject {
  let value: unknown;
  try {
    value = /\b(Infinity|NaN)\b/.test(text) ? parseAsPython(text) : JSON.parse(text);
  } catch (error) {
    fault(where, 'JSON', quoted(text.trim()), `${DOWNLOAD} (${String(error)})`, error);
  }
  if (!isObject(value)) fault(where, 'a JSON object', quoted(text.trim()), DOWNLOAD);
  return value;
}

function parseAsPython(text: string): unknown {
  const json = text.replace(TOKEN, (token) =>
    token === 'NaN' ? NOT_A_NUMBER : (PYTHON[token] ?? token),
  );
  return JSON.parse(json, (_, item: unknown) => (isNotANumber(item) ? Number.NaN : item));
}

const isNotANumber = (item: unknown): boolean => isObject(item) && item['not a number'] === true;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys of a JSON text's outermost object that occur more than once: to JSON, the last one counts. */
export function repeatedKeys(text: string): string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  let depth = 0;
  let before = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === ':' && depth === 1) {
      const key = String(JSON.parse(before));
      (seen.has(key) ? repeated : seen).add(key);
    }
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
    before = token;
  }
  return [...repeated];
}
