import type { RandomStream } from '../../src/numerics/random.ts';

const WORDS = [
  '1e307',
  '-1',
  '1e999',
  'null',
  '[]',
  '{}',
  '""',
  '"\\u001b[31m"',
  '9007199254740993',
  ',',
];

/** Changes a file a little. */
export type Mutation = (bytes: Buffer, random: RandomStream) => Buffer;

const cut = (bytes: Buffer, random: RandomStream): [number, number] => {
  const [a, b] = [random.integer(bytes.length + 1), random.integer(bytes.length + 1)];
  return [Math.min(a, b), Math.max(a, b)];
};

export const MUTATIONS: readonly Mutation[] = [
  function flip(bytes, random) {
    const copy = Buffer.from(bytes);
    for (let i = 0; i <= random.integer(8); i++) {
      const at = random.integer(copy.length);
      copy[at] = (copy[at] as number) ^ (1 << random.integer(8));
    }
    return copy;
  },
  function flipEarly(bytes, random) {
    const copy = Buffer.from(bytes);
    const at = random.integer(Math.min(copy.length, 600));
    copy[at] = random.integer(256);
    return copy;
  },
  (bytes, random) => bytes.subarray(0, random.integer(bytes.length)),
  function dropped(bytes, random) {
    const [start, end] = cut(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  function repeated(bytes, random) {
    const [start, end] = cut(bytes, random);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  function filled(bytes, random) {
    const copy = Buffer.from(bytes);
    const [start] = cut(bytes, random);
    const end = Math.min(copy.length, start + 1 + random.integer(16));
    return copy.fill(random.integer(2) * 255, start, end);
  },
  /** Another value in the place of one that JSON holds, or a header of it. */
  function word(bytes, random) {
    const text = bytes.toString('latin1');
    const values = [...text.matchAll(/"[^"\n]*"|-?\d[\d.e+-]*|true|false|null/g)];
    const found = values[random.integer(Math.max(values.length, 1))];
    if (!found) return bytes.subarray(1);
    const other = WORDS[random.integer(WORDS.length)] as string;
    const end = found.index + found[0].length;
    return Buffer.from(`${text.slice(0, found.index)}${other}${text.slice(end)}`, 'latin1');
  },
];
