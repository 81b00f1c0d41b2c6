const MAGIC = 0x7f454c46;

/**
 * An executable or library without its symbols and section table: what no program header names is not
 * needed to run it. @throws Error unless the bytes are 64-bit little-endian ELF
 */
export function stripElf(bytes: Buffer, path: string): Buffer {
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== MAGIC || bytes[4] !== 2 || bytes[5] !== 1) {
    throw new Error(
      `${path}: expected a 64-bit little-endian ELF file, got another format; bundle on Linux`,
    );
  }
  const [table, size, count] = [
    Number(bytes.readBigUInt64LE(32)),
    bytes.readUInt16LE(54),
    bytes.readUInt16LE(56),
  ];
  const ends = Array.from({ length: count }, (_, i) => {
    const header = table + i * size;
    return Number(bytes.readBigUInt64LE(header + 8) + bytes.readBigUInt64LE(header + 32));
  });
  const stripped = Buffer.from(bytes.subarray(0, Math.max(table + count * size, ...ends)));
  stripped.writeBigUInt64LE(0n, 40);
  stripped.fill(0, 58, 64);
  return stripped;
}
