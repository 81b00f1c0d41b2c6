/** CRC-32 as zip has it (reflected, polynomial EDB88320), by eight bytes at a time. */
export type Checksum = number;

const SLICES = 8;
const POLYNOMIAL = 0xedb88320;
let tables: Int32Array | undefined;

/** @param before the checksum of the bytes before these */
export function crc32(bytes: Uint8Array, before: Checksum = 0): Checksum {
  tables ??= makeTables();
  const t = tables;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % SLICES);
  let crc = ~before;
  for (let i = 0; i < whole; i += SLICES) {
    const low = crc ^ view.getInt32(i, true);
    const high = view.getInt32(i + 4, true);
    crc =
      t[0x700 + (low & 0xff)]! ^
      t[0x600 + ((low >>> 8) & 0xff)]! ^
      t[0x500 + ((low >>> 16) & 0xff)]! ^
      t[0x400 + (low >>> 24)]! ^
      t[0x300 + (high & 0xff)]! ^
      t[0x200 + ((high >>> 8) & 0xff)]! ^
      t[0x100 + ((high >>> 16) & 0xff)]! ^
      t[high >>> 24]!;
  }
  for (let i = whole; i < bytes.length; i++) crc = t[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** One table for each place of a byte among eight. */
function makeTables(): Int32Array {
  const tables = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const shorter = tables[i - 256]!;
    tables[i] = tables[shorter & 0xff]! ^ (shorter >>> 8);
  }
  return tables;
}
