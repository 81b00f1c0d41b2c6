/** What the pickle of a PyTorch file stands for: names of tensors, and where their values are. */
import { fault } from './fault.ts';
import {
  Made,
  type Meanings,
  type Pickled,
  PickledName,
  shown,
  Tuple,
  unpickle,
} from './pickle.ts';
import { type Layout, span } from './strided.ts';
import { type DType, elements } from './tensor.ts';

class Storage extends Made {
  readonly kind = 'a storage';
  readonly dtype: DType;
  readonly key: string;
  readonly elements: number;
  constructor(dtype: DType, key: string, count: number) {
    super();
    this.dtype = dtype;
    this.key = key;
    this.elements = count;
  }
}

/** A tensor as a view of a storage. */
export class View extends Made implements Layout {
  readonly kind = 'a tensor';
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  constructor(
    storage: Storage,
    offset: number,
    shape: readonly number[],
    stride: readonly number[],
  ) {
    super();
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.stride = stride;
  }
}

const STORAGES: ReadonlyMap<string, DType> = new Map([
  ['torch.DoubleStorage', 'F64'],
  ['torch.FloatStorage', 'F32'],
  ['torch.HalfStorage', 'F16'],
  ['torch.BFloat16Storage', 'BF16'],
  ['torch.LongStorage', 'I64'],
  ['torch.IntStorage', 'I32'],
  ['torch.ShortStorage', 'I16'],
  ['torch.CharStorage', 'I8'],
  ['torch.ByteStorage', 'U8'],
  ['torch.BoolStorage', 'BOOL'],
]);
const CALLS = [
  'collections.OrderedDict',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_parameter',
];
const REMEDY = 'save the state_dict of the model, its tensors made contiguous, with torch.save';

/** @throws CheckpointError for anything but a dictionary of tensors */
export function readStateDict(where: string, bytes: Uint8Array): Map<string, View> {
  const state = unpickle(where, bytes, meanings(where));
  if (!(state instanceof Map)) fault(where, 'a dictionary of tensors', shown(state), REMEDY);
  const views = new Map<string, View>();
  for (const [name, view] of state) {
    if (typeof name !== 'string' || !(view instanceof View))
      fault(where, `a tensor for ${shown(name)}`, shown(view), REMEDY);
    views.set(name, view);
  }
  return views;
}

const meanings = (where: string): Meanings => ({
  allowed: new Set([...CALLS, ...STORAGES.keys()]),
  call(name, args) {
    if (name === 'collections.OrderedDict' && args.length === 0) return new Map();
    if (name === 'torch._utils._rebuild_tensor_v2') return rebuild(where, args);
    const [parameter] = args;
    if (name === 'torch._utils._rebuild_parameter' && parameter instanceof View) return parameter;
    return fault(where, `arguments that ${name} takes`, 'others', REMEDY);
  },
  persistent: (id) => storage(where, id),
});

/** `('storage', type, key, device, elements)` */
function storage(where: string, id: Pickled): Storage {
  const [kind, type, key, , count] = id instanceof Tuple ? id.items : [];
  const dtype = type instanceof PickledName ? STORAGES.get(type.name) : undefined;
  if (kind !== 'storage' || !dtype || typeof key !== 'string' || !isCount(count))
    fault(where, 'a storage of numbers', shown(id), REMEDY);
  return new Storage(dtype, key, count);
}

/** `(storage, offset, shape, stride, requires_grad, hooks)` */
function rebuild(where: string, args: readonly Pickled[]): View {
  const [from, offset, shape, stride] = args;
  const [sizes, steps] = [counts(shape), counts(stride)];
  if (!(from instanceof Storage && isCount(offset) && sizes && sizes.length === steps?.length))
    fault(where, 'a storage, an offset, a shape and strides', 'something else', REMEDY);
  if (args.length > 6 && !isEmpty(args[6]))
    fault(where, 'a plain tensor', 'one that is conjugated or negated', REMEDY);
  const view = new View(from, offset, sizes, steps);
  const range = span(view);
  const what = `[${sizes.join(' ')}] with strides [${steps.join(' ')}] from ${offset}`;
  if (!(offset + range <= from.elements))
    fault(where, `views within the ${from.elements} elements of storage ${from.key}`, what, REMEDY);
  if (!(elements(sizes) <= range))
    fault(where, 'each element of a tensor once in the file', `${what}, expanded`, REMEDY);
  return view;
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const counts = (value: Pickled | undefined): number[] | undefined =>
  value instanceof Tuple && value.items.every(isCount) ? [...value.items] : undefined;

const isEmpty = (value: Pickled | undefined): boolean =>
  value === null || (value instanceof Map && value.size === 0);
