/** Little-endian numbers of a piece of a file. */
export class Bytes {
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.length = bytes.length;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8 = (at: number): number => this.#view.getUint8(at);

  u16 = (at: number): number => this.#view.getUint16(at, true);

  u32 = (at: number): number => this.#view.getUint32(at, true);

  /** Rounded beyond 2^53: no file is that long. */
  u64 = (at: number): number => Number(this.#view.getBigUint64(at, true));

  f64BigEndian = (at: number): number => this.#view.getFloat64(at);

  slice = (start: number, end: number): Bytes => new Bytes(this.#bytes.subarray(start, end));

  /** Whether that text stands there. */
  holds = (at: number, text: string): boolean =>
    new TextEncoder().encode(text).every((byte, i) => this.#bytes[at + i] === byte);

  /** @throws TypeError where it is not UTF-8 */
  text = (start: number, end: number): string =>
    new TextDecoder('utf-8', { fatal: true }).decode(this.#bytes.subarray(start, end));
}
