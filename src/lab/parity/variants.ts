import { openCheckpoint } from '../../checkpoints/checkpoint.ts';
import { readConfig } from '../../checkpoints/config.ts';
import type { Config } from '../../checkpoints/config.ts';
import { folderSource } from '../../checkpoints/node/folder.ts';
import type { Source } from '../../checkpoints/source.ts';
import { toFloat32 } from '../../checkpoints/tensor.ts';
import type { Tensor } from '../../checkpoints/tensor.ts';
import { readTensors } from '../../checkpoints/tensors.ts';

/** The same checkpoint in another form that such models are published in. */
export interface Variant {
  name: string;
  source: Source;
  /** The same weights in float32, where rounding them has left the golden logits behind. */
  reference?: Source;
}

type Files = Readonly<Record<string, Uint8Array>>;
type Stored = Pick<Tensor, 'name' | 'shape'> & { dtype: string; bytes: Uint8Array };

const WEIGHTS = 'model.safetensors';

/** Every form: as it is, in two files, in 16 bits, by the original names, in PyTorch's own format where that is there. */
export async function variantsOf(folder: string): Promise<Variant[]> {
  const own = folderSource(folder);
  const config = await readConfig(own);
  const tensors = [...(await readTensors(await openCheckpoint(own))).values()];
  const whole = tensors.map((tensor) => ({
    ...tensor,
    bytes: bytesOf(toFloat32(tensor)),
    dtype: 'F32',
  }));
  const form = (name: string, files: Files): Variant => ({
    name,
    source: inMemory(`${folder}, ${name}`, { 'config.json': json(config.values), ...files }),
  });
  const rounded = (name: string, round: (tensor: Stored) => Rounded): Variant => {
    const parts = whole.map((tensor) => ({ ...tensor, ...round(tensor) }));
    const bits = parts.map((part) => ({ ...part, dtype: name, bytes: part.bits }));
    return {
      ...form(name, { [WEIGHTS]: safetensors(bits) }),
      reference: form(`${name} widened`, { [WEIGHTS]: safetensors(parts) }).source,
    };
  };
  return [
    { name: 'as it is', source: own },
    form('in shards', shards(whole)),
    rounded('F16', half16),
    rounded('BF16', brain16),
    ...(config.architecture === 'mamba'
      ? [form('original names', { ...originalMamba(config, whole) })]
      : []),
    ...((await own.size('pytorch_model.bin')) === undefined
      ? []
      : [{ name: '.bin', source: without(own, WEIGHTS) }]),
  ];
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const bytesOf = (values: Float32Array): Uint8Array<ArrayBuffer> =>
  new Uint8Array(values.slice().buffer);

const floatsOf = ({ bytes }: Stored): Float32Array => new Float32Array(bytes.slice().buffer);

/** In 16 bits, and what they stand for as float32. */
interface Rounded {
  bits: Uint8Array;
  bytes: Uint8Array;
}

function half16(tensor: Stored): Rounded {
  const halves = Float16Array.from(floatsOf(tensor));
  return { bits: new Uint8Array(halves.buffer), bytes: bytesOf(Float32Array.from(halves)) };
}

/** To the nearest, of two as near to the even one. */
function brain16(tensor: Stored): Rounded {
  const words = new Uint32Array(floatsOf(tensor).buffer);
  const halves = Uint16Array.from(words, (word) => (word + 0x7fff + ((word >>> 16) & 1)) >>> 16);
  const widened = Uint32Array.from(halves, (half) => half << 16);
  return { bits: new Uint8Array(halves.buffer), bytes: new Uint8Array(widened.buffer) };
}

function safetensors(tensors: readonly Stored[]): Uint8Array {
  let end = 0;
  const header = tensors.map(({ name, dtype, shape, bytes }) => {
    const start = end;
    return [name, { dtype, shape, data_offsets: [start, (end += bytes.length)] }] as const;
  });
  const text = json(Object.fromEntries(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return new Uint8Array(Buffer.concat([length, text, ...tensors.map(({ bytes }) => bytes)]));
}

function shards(tensors: readonly Stored[]): Files {
  const names = [1, 2].map((i) => `model-0000${i}-of-00002.safetensors`) as [string, string];
  const place = (i: number): string => names[i % 2]!;
  const weight_map = Object.fromEntries(tensors.map(({ name }, i) => [name, place(i)]));
  const parts = names.map((name): [string, Uint8Array] => [
    name,
    safetensors(tensors.filter((_, i) => place(i) === name)),
  ]);
  return { 'model.safetensors.index.json': json({ weight_map }), ...Object.fromEntries(parts) };
}

/** As `mamba_ssm` writes them: other names, the tied head once more, a configuration of few words. */
function originalMamba({ values }: Config, tensors: readonly Stored[]): Files {
  const renamed = tensors.map((tensor) => ({
    ...tensor,
    name: tensor.name.replace('backbone.embeddings.', 'backbone.embedding.'),
  }));
  const embedding = renamed.find(({ name }) => name === 'backbone.embedding.weight');
  const rows = embedding?.shape[0] ?? 0;
  const config = {
    d_model: values['hidden_size'],
    n_layer: values['num_hidden_layers'],
    // Rounded up, these are the rows.
    vocab_size: rows - 1,
    pad_vocab_size_multiple: rows,
    ssm_cfg: { d_state: values['state_size'] },
    rms_norm: true,
    residual_in_fp32: true,
    fused_add_norm: true,
  };
  const head = embedding ? [{ ...embedding, name: 'lm_head.weight' }] : [];
  return { 'config.json': json(config), [WEIGHTS]: safetensors([...renamed, ...head]) };
}

const inMemory = (where: string, files: Files): Source => ({
  where,
  size: (path) => Promise.resolve(files[path]?.length),
  read: (path, start, end) =>
    Promise.resolve(Uint8Array.from(files[path]?.subarray(start, end) ?? [])),
});

const without = (source: Source, hidden: string): Source => ({
  ...source,
  size: (path) => (path === hidden ? Promise.resolve(undefined) : source.size(path)),
});
