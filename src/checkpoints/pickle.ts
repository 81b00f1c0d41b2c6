/**
 * A reader of pickles that can execute nothing: it knows the opcodes that a saved dictionary of
 * tensors needs and gives back plain data. A name (GLOBAL) is data too, and refused unless it is on
 * the caller's list; what a call (REDUCE) of it gives is up to the caller.
 */
import { Bytes } from './bytes.ts';
import { CheckpointError, fault, quoted } from './fault.ts';

/** A Python name, `module.name`. */
export class PickledName {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A value of the caller's: a storage, a tensor. */
export abstract class Made {
  abstract readonly kind: string;
}

export class Tuple {
  readonly items: readonly Pickled[];
  constructor(items: readonly Pickled[]) {
    this.items = items;
  }
}

export type Dictionary = Map<Pickled, Pickled>;
export type Pickled =
  null | boolean | number | string | PickledName | Tuple | Made | List | Dictionary;
type List = Pickled[];

/** For messages. */
export function shown(value: Pickled): string {
  if (value instanceof Made) return value.kind;
  if (value instanceof Map) return 'a dictionary';
  if (value instanceof Tuple) return 'a tuple';
  if (value instanceof PickledName) return value.name;
  if (Array.isArray(value)) return 'a list';
  return value === null ? 'None' : quoted(String(value));
}

/** What the names and identifiers of a pickle stand for. */
export interface Meanings {
  /** Which names are allowed. */
  allowed: ReadonlySet<string>;
  /** The value of calling an allowed name. */
  call(name: string, args: readonly Pickled[]): Pickled;
  /** The value of a persistent identifier. */
  persistent(id: Pickled): Pickled;
}

const REMEDY =
  'save the plain state_dict of the model with torch.save, or use safetensors; nothing was executed';

/** @throws CheckpointError for an unknown opcode, a name that is not allowed, a damaged pickle */
export function unpickle(where: string, bytes: Uint8Array, meanings: Meanings): Pickled {
  try {
    return new Machine(where, bytes, meanings).run();
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    return fault(where, 'a pickle', String(error), 'download the file again', error);
  }
}

/** What an opcode makes takes more memory than its byte: no file of tensors has so many to a byte. */
const BYTES_AN_OBJECT = 4;
const SPARE_OBJECTS = 64;

class Machine {
  readonly #where: string;
  readonly #bytes: Bytes;
  readonly #meanings: Meanings;
  readonly #memo = new Map<number, Pickled>();
  readonly #marks: number[] = [];
  readonly #stack: Pickled[] = [];
  #objects = SPARE_OBJECTS;
  #at = 0;

  constructor(where: string, bytes: Uint8Array, meanings: Meanings) {
    this.#where = where;
    this.#bytes = new Bytes(bytes);
    this.#meanings = meanings;
    this.#objects += bytes.length / BYTES_AN_OBJECT;
  }

  run(): Pickled {
    for (;;) {
      const start = this.#at;
      const opcode = this.#bytes.u8(this.#take(1));
      if (opcode === STOP) break;
      const perform = OPCODES.get(opcode);
      if (!perform)
        this.#refuse('an allowed opcode', `0x${opcode.toString(16).padStart(2, '0')} at ${start}`);
      perform(this);
    }
    const result = this.pop();
    if (this.#stack.length > 0 || this.#at !== this.#bytes.length)
      this.#refuse('one value', 'more after it');
    return result;
  }

  #refuse(expected: string, got: string): never {
    return fault(this.#where, expected, got, REMEDY);
  }

  #take(count: number): number {
    const start = this.#at;
    if (start + count > this.#bytes.length) this.#refuse('more bytes', 'the end of the pickle');
    this.#at += count;
    return start;
  }

  u8 = (): number => this.#bytes.u8(this.#take(1));
  u16 = (): number => this.#bytes.u16(this.#take(2));
  u32 = (): number => this.#bytes.u32(this.#take(4));
  i32 = (): number => this.u32() | 0;
  f64 = (): number => this.#bytes.f64BigEndian(this.#take(8));

  text(length: number): string {
    const start = this.#take(length);
    return this.#bytes.text(start, start + length);
  }

  line(): string {
    const start = this.#at;
    while (this.u8() !== NEWLINE);
    return this.#bytes.text(start, this.#at - 1);
  }

  /** A whole number of up to eight bytes. */
  long(): number {
    const length = this.u8();
    let value = 0n;
    for (let i = 0; i < length; i++) value |= BigInt(this.u8()) << BigInt(8 * i);
    const number = Number(BigInt.asIntN(8 * length, value));
    if (!Number.isSafeInteger(number)) this.#refuse('a whole number below 2^53', `${number}`);
    return number;
  }

  push = (value: Pickled): void => {
    this.#stack.push(value);
  };

  pop(): Pickled {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) this.#refuse('a value', 'an empty stack');
    return this.#stack.pop() ?? null;
  }

  top(): Pickled {
    const value = this.pop();
    this.push(value);
    return value;
  }

  mark = (): void => {
    this.#count();
    this.#marks.push(this.#stack.length);
  };

  sinceMark(): Pickled[] {
    const start = this.#marks.pop() ?? this.#refuse('a mark', 'none');
    return this.#stack.splice(start);
  }

  popSome = (count: number): Pickled[] =>
    Array.from({ length: count }, () => this.pop()).toReversed();

  pushMade(value: Pickled): void {
    this.#count();
    this.push(value);
  }

  /** Counts what takes memory. */
  #count(): void {
    this.#objects--;
    if (this.#objects < 0) this.#refuse('a dictionary of tensors', 'more objects than it can have');
  }

  remember(index: number): void {
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) this.#refuse(`an object ${index}`, 'none remembered');
    this.push(value);
  }

  protocol(): void {
    const number = this.u8();
    if (number > HIGHEST_PROTOCOL)
      this.#refuse(`pickle protocol ${HIGHEST_PROTOCOL}`, `protocol ${number}`);
  }

  name(): void {
    const name = `${this.line()}.${this.line()}`;
    if (!this.#meanings.allowed.has(name))
      this.#refuse('names of dictionaries and tensors alone', quoted(name));
    this.pushMade(new PickledName(name));
  }

  call(): void {
    const [callee, args] = this.popSome(2);
    if (!(callee instanceof PickledName && args instanceof Tuple))
      this.#refuse('a call of an allowed name', 'another call');
    this.pushMade(this.#meanings.call(callee.name, args.items));
  }

  persistent = (): void => this.pushMade(this.#meanings.persistent(this.pop()));

  append(items: Pickled[]): void {
    const list = this.top();
    if (!Array.isArray(list)) this.#refuse('a list to append to', 'something else');
    for (const item of items) list.push(item);
  }

  set(items: Pickled[]): void {
    const dictionary = this.top();
    if (!(dictionary instanceof Map) || items.length % 2 !== 0)
      this.#refuse('a dictionary and pairs for it', 'something else');
    for (let i = 0; i < items.length; i += 2) {
      const [key, value] = [items[i] ?? null, items[i + 1] ?? null];
      if (dictionary.has(key)) this.#refuse('each key once', shown(key));
      dictionary.set(key, value);
    }
  }

  /** Attributes of a dictionary (`_metadata` of a state_dict): read and left out. */
  build(): void {
    const [target, state] = this.popSome(2);
    if (!(target instanceof Map && state instanceof Map))
      this.#refuse('attributes of a dictionary', 'those of something else');
    this.push(target);
  }
}

const NEWLINE = 0x0a;
const STOP = 0x2e;
const HIGHEST_PROTOCOL = 2;

const OPCODES: ReadonlyMap<number, (machine: Machine) => void> = new Map([
  [0x80, (m) => m.protocol()],
  [0x28, (m) => m.mark()],
  [0x4e, (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  [0x4a, (m) => m.push(m.i32())],
  [0x4b, (m) => m.push(m.u8())],
  [0x4d, (m) => m.push(m.u16())],
  [0x8a, (m) => m.push(m.long())],
  [0x47, (m) => m.push(m.f64())],
  [0x58, (m) => m.push(m.text(m.u32()))],
  [0x63, (m) => m.name()],
  [0x52, (m) => m.call()],
  [0x51, (m) => m.persistent()],
  [0x62, (m) => m.build()],
  [0x29, (m) => m.pushMade(new Tuple([]))],
  [0x85, (m) => m.pushMade(new Tuple(m.popSome(1)))],
  [0x86, (m) => m.pushMade(new Tuple(m.popSome(2)))],
  [0x87, (m) => m.pushMade(new Tuple(m.popSome(3)))],
  [0x74, (m) => m.pushMade(new Tuple(m.sinceMark()))],
  [0x5d, (m) => m.pushMade([])],
  [0x61, (m) => m.append(m.popSome(1))],
  [0x65, (m) => m.append(m.sinceMark())],
  [0x7d, (m) => m.pushMade(new Map())],
  [0x73, (m) => m.set(m.popSome(2))],
  [0x75, (m) => m.set(m.sinceMark())],
  [0x71, (m) => m.remember(m.u8())],
  [0x72, (m) => m.remember(m.u32())],
  [0x68, (m) => m.recall(m.u8())],
  [0x6a, (m) => m.recall(m.u32())],
]);
