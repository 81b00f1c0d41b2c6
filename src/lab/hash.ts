import { createHash } from 'node:crypto';
import { inspect } from 'node:util';

/** sha256 in hexadecimal. */
export const sha256 = (data: Uint8Array | string): string =>
  createHash('sha256').update(data).digest('hex');

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A value as JSON would give it back. @throws Error where JSON would lose something, such as NaN */
export function toJson(value: unknown, path = 'value'): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (isArray(value)) return value.map((item, i) => toJson(item, `${path}[${i}]`));
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.map(([key, item]) => [key, toJson(item, `${path}.${key}`)]));
  }
  throw new Error(`${path}: expected a JSON value, got ${inspect(value)}; use plain, finite data`);
}

/** JSON with sorted keys: equal values have equal text. */
export function canonicalJson(value: unknown): string {
  const json = toJson(value);
  if (isArray(json)) return `[${json.map(canonicalJson).join(',')}]`;
  if (typeof json !== 'object' || json === null) return JSON.stringify(json);
  const pairs = Object.entries(json).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

const isArray = (value: unknown): value is Json[] => Array.isArray(value);

/** Indented JSON that keeps an array of numbers or strings on one line, for readable diffs. */
export function prettyJson(value: Json, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (isArray(value)) {
    if (value.every((item) => typeof item !== 'object' || item === null))
      return JSON.stringify(value);
    return `[\n${value.map((item) => inner + prettyJson(item, inner)).join(',\n')}\n${indent}]`;
  }
  const pairs = Object.entries(value).map(
    ([key, item]) => `${inner}${JSON.stringify(key)}: ${prettyJson(item, inner)}`,
  );
  return pairs.length === 0 ? '{}' : `{\n${pairs.join(',\n')}\n${indent}}`;
}
