/**
 * Makes what a trial run of `hendel` asks: a tiny Mamba with random weights, a tokenizer in which each word of its pairs
 * is a token, and pairs. `node tests/make-trial.ts` writes `experiments/trial/`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { encode } from '../src/numerics/safetensors.ts';
import type { HostTensor } from '../src/numerics/safetensors.ts';
import { RandomStream } from '../src/numerics/random.ts';

const FOLDER = join(import.meta.dirname, '../experiments/trial');

/** Inputs and outputs, in the layout of Hendel's files. */
const PAIRS: Record<string, string> = {
  'translation/fr_en':
    'maison house chat cat chien dog rouge red eau water pain bread nuit night main hand lait milk roi king',
  'translation/es_en':
    'casa house gato cat perro dog rojo red agua water pan bread noche night mano hand leche milk rey king',
  'translation/en_fr':
    'house maison cat chat dog chien red rouge water eau bread pain night nuit hand main milk lait king roi',
  'translation/en_es':
    'house casa cat gato dog perro red rojo water agua bread pan night noche hand mano milk leche king rey',
  'linguistic/present_simple_gerund':
    'go going eat eating run running sing singing see seeing do doing read reading walk walking',
  'linguistic/present_simple_past_simple':
    'go went eat ate run ran sing sang see saw do did read read walk walked',
  'linguistic/plural_singular':
    'mice mouse geese goose feet foot men man teeth tooth oxen ox children child dice die',
  'linguistic/antonyms':
    'big small hot cold high low old new open closed left right early late full empty',
  'knowledge/country_capital':
    'France Paris Japan Tokyo Peru Lima Kenya Nairobi Norway Oslo Egypt Cairo Cuba Havana',
  'knowledge/person_language':
    'Molière French Cervantes Spanish Goethe German Dante Italian Pushkin Russian Camões Portuguese',
  'knowledge/location_continent':
    'Nile Africa Alps Europe Andes America Ganges Asia Danube Europe Sahara Africa Gobi Asia',
  'knowledge/location_religion':
    'Mecca Muslim Rome Christian Jerusalem Jewish Medina Muslim Canterbury Christian Safed Jewish',
};

const pairsOf = (line: string): [string, string][] => {
  const words = line.split(' ');
  return words.flatMap((word, i) =>
    i % 2 === 0 ? [[word, words[i + 1]!] as [string, string]] : [],
  );
};

/** GPT-2's letters for bytes: those that can be printed stand for themselves. */
function byteLetters(): string[] {
  const printed = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCharCode(printed(byte) ? byte : next++),
  );
}
const LETTERS = byteLetters();
const lettersOf = (word: string): string[] => [...Buffer.from(word)].map((byte) => LETTERS[byte]!);

/** A word with a space before it becomes a token letter by letter. */
function tokenizer(words: readonly string[]): object {
  const merges = new Map<string, [string, string]>();
  for (const word of words) {
    const [first = '', ...rest] = lettersOf(` ${word}`);
    let before = first;
    for (const letter of rest) {
      merges.set(before + letter, [before, letter]);
      before += letter;
    }
  }
  const special = ['<|endoftext|>', '<|padding|>'];
  const names = [...special, ...LETTERS, ...merges.keys()];
  const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const flags = {
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({ id, content, ...flags })),
    normalizer: { type: 'NFC' },
    pre_tokenizer: bytes,
    post_processor: bytes,
    decoder: bytes,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(names.map((name, id) => [name, id])),
      merges: [...merges.values()],
    },
  };
}

const SIZES = {
  hidden_size: 16,
  intermediate_size: 32,
  state_size: 4,
  time_step_rank: 1,
  conv_kernel: 4,
};
const LAYERS = 2;

function weights(vocabulary: number): Record<string, HostTensor> {
  const {
    hidden_size: d,
    intermediate_size: di,
    state_size: n,
    time_step_rank: r,
    conv_kernel: k,
  } = SIZES;
  const random = RandomStream.fromSeed(41);
  const drawn = (...shape: number[]): HostTensor => ({
    shape,
    values: Float32Array.from({ length: shape.reduce((size, one) => size * one, 1) }, () =>
      random.uniform(-0.5, 0.5),
    ),
  });
  const layer = (i: number): [string, HostTensor][] => {
    const at = `backbone.layers.${i}`;
    return [
      [`${at}.norm.weight`, drawn(d)],
      [`${at}.mixer.A_log`, drawn(di, n)],
      [`${at}.mixer.D`, drawn(di)],
      [`${at}.mixer.conv1d.weight`, drawn(di, 1, k)],
      [`${at}.mixer.conv1d.bias`, drawn(di)],
      [`${at}.mixer.in_proj.weight`, drawn(2 * di, d)],
      [`${at}.mixer.x_proj.weight`, drawn(r + 2 * n, di)],
      [`${at}.mixer.dt_proj.weight`, drawn(di, r)],
      [`${at}.mixer.dt_proj.bias`, drawn(di)],
      [`${at}.mixer.out_proj.weight`, drawn(d, di)],
    ];
  };
  return Object.fromEntries([
    ['backbone.embeddings.weight', drawn(vocabulary, d)],
    ...Array.from({ length: LAYERS }, (_, i) => layer(i)).flat(),
    ['backbone.norm_f.weight', drawn(d)],
  ]);
}

function write(name: string, content: string | Uint8Array): void {
  const path = join(FOLDER, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
const json = (value: unknown): string => `${JSON.stringify(value)}\n`;

const outputs = Object.values(PAIRS).flatMap((line) => pairsOf(line).map(([, output]) => output));
const rules = tokenizer([...new Set(outputs)]);
const { vocab } = (rules as { model: { vocab: object } }).model;
const vocabulary = Object.keys(vocab).length;
for (const [name, line] of Object.entries(PAIRS))
  write(`${name}.json`, json(Object.fromEntries(pairsOf(line))));
write('tokenizer.json', json(rules));
write(
  'config.json',
  json({
    model_type: 'mamba',
    ...SIZES,
    num_hidden_layers: LAYERS,
    vocab_size: vocabulary,
    layer_norm_epsilon: 1e-5,
  }),
);
write('model.safetensors', encode(weights(vocabulary)));
