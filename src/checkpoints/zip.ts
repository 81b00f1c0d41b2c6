/**
 * The directory of a zip archive (APPNOTE 6.3, with zip64), read by ranges: as PyTorch writes it,
 * with entries that are stored and not compressed, and no comment at its end.
 */
import { Bytes } from './bytes.ts';
import { type Checksum, crc32 } from './crc32.ts';
import { CheckpointError, fault, quoted } from './fault.ts';
import type { SourceFile } from './source.ts';

export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  readonly crc: number;
  readonly header: number;
  /** Where the next entry, or the directory, starts. */
  limit: number;
}

const DAMAGED = 'download the file again';
const END = { signature: 0x06054b50, bytes: 22 };
const END64 = { signature: 0x06064b50, bytes: 56 };
const LOCATOR = { signature: 0x07064b50, bytes: 20 };
const CENTRAL = { signature: 0x02014b50, bytes: 46 };
const LOCAL = { signature: 0x04034b50, bytes: 30 };
const IN_ZIP64 = 0xffffffff;

/** @throws CheckpointError for anything but a whole, unambiguous archive */
export async function readDirectory(file: SourceFile): Promise<Map<string, ZipEntry>> {
  const { where } = file;
  try {
    const { start, end, count } = await findDirectory(file);
    const entries = parseDirectory(where, new Bytes(await file.read(start, end)), count);
    setLimits(where, entries, start);
    const byName = new Map(entries.map((entry) => [entry.name, entry]));
    if (byName.size !== entries.length)
      fault(where, 'each entry once', 'one name for two entries', DAMAGED);
    return byName;
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    return fault(where, 'a zip archive', String(error), DAMAGED, error);
  }
}

interface Directory {
  start: number;
  end: number;
  count: number;
}

async function findDirectory(file: SourceFile): Promise<Directory> {
  const { where, size } = file;
  const tailStart = Math.max(0, size - END.bytes - LOCATOR.bytes);
  const tail = new Bytes(await file.read(tailStart, size));
  const at = tail.length - END.bytes;
  if (at < 0 || tail.u32(at) !== END.signature || tail.u16(at + 20) !== 0)
    fault(where, 'the end of a zip archive', 'something else: it may be cut off', DAMAGED);
  const locator = at - LOCATOR.bytes;
  const long = locator >= 0 && tail.u32(locator) === LOCATOR.signature;
  const end = long ? tail.u64(locator + 8) : tailStart + at;
  const directory = long
    ? await readEnd64(file, end)
    : { count: tail.u16(at + 10), bytes: tail.u32(at + 12), start: tail.u32(at + 16) };
  const { start, bytes, count } = directory;
  if (start + bytes !== end)
    fault(where, `a directory that ends at ${end}`, `one at ${start} of ${bytes} bytes`, DAMAGED);
  return { start, end, count };
}

async function readEnd64(
  file: SourceFile,
  at: number,
): Promise<{ count: number; bytes: number; start: number }> {
  const record = new Bytes(await file.read(at, at + END64.bytes));
  if (record.u32(0) !== END64.signature)
    fault(file.where, `a zip64 record at ${at}`, 'none', DAMAGED);
  return { count: record.u64(32), bytes: record.u64(40), start: record.u64(48) };
}

function parseDirectory(where: string, bytes: Bytes, count: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes.u32(at) !== CENTRAL.signature)
      fault(where, `entry ${entries.length} of its directory`, 'something else', DAMAGED);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((i) => bytes.u16(at + i)) as [
      number,
      number,
      number,
    ];
    const nameEnd = at + CENTRAL.bytes + nameLength;
    const name = bytes.text(at + CENTRAL.bytes, nameEnd);
    const extra = bytes.slice(nameEnd, nameEnd + extraLength);
    entries.push(parseEntry(where, name, bytes.slice(at, at + CENTRAL.bytes), extra));
    at = nameEnd + extraLength + commentLength;
  }
  if (entries.length !== count || at !== bytes.length)
    fault(where, `${count} entries`, `${entries.length}`, DAMAGED);
  return entries;
}

function parseEntry(where: string, name: string, bytes: Bytes, extra: Bytes): ZipEntry {
  const [flags, method, crc] = [bytes.u16(8), bytes.u16(10), bytes.u32(16)];
  const short = [bytes.u32(24), bytes.u32(20), bytes.u32(42)];
  const long = readExtra64(extra, short.filter((value) => value === IN_ZIP64).length);
  const [size, packed, header] = short.map((value) =>
    value === IN_ZIP64 ? (long.shift() ?? Number.NaN) : value,
  ) as [number, number, number];
  if ((flags & 1) !== 0 || method !== 0 || size !== packed)
    fault(where, `${quoted(name)} stored as it is`, 'it packed or encrypted', 'save it anew');
  return { name, size, crc, header, limit: header };
}

/** The 64-bit numbers that an entry's own fields are too short for. */
function readExtra64(extra: Bytes, count: number): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.u16(at + 2)) {
    if (extra.u16(at) === 1)
      return Array.from({ length: count }, (_, i) => extra.u64(at + 4 + 8 * i));
  }
  return [];
}

/** Entries follow each other without overlap, so that together they are no longer than the file. */
function setLimits(where: string, entries: readonly ZipEntry[], end: number): void {
  const sorted = entries.toSorted((a, b) => a.header - b.header);
  sorted.forEach((entry, i) => {
    entry.limit = sorted[i + 1]?.header ?? end;
    if (!(entry.header + LOCAL.bytes + entry.size <= entry.limit))
      fault(where, `${quoted(entry.name)} before ${entry.limit}`, 'an overlap', DAMAGED);
  });
}

/** Where the entry's bytes start: after a header of its own, which must be of that entry. */
export async function dataStart(file: SourceFile, entry: ZipEntry): Promise<number> {
  const { name, header, size, limit } = entry;
  const nameEnd = LOCAL.bytes + new TextEncoder().encode(name).length;
  const bytes = new Bytes(await file.read(header, Math.min(limit, header + nameEnd)));
  const start = header + LOCAL.bytes + bytes.u16(26) + bytes.u16(28);
  const isOfEntry =
    bytes.u32(0) === LOCAL.signature &&
    bytes.u16(26) === nameEnd - LOCAL.bytes &&
    bytes.holds(LOCAL.bytes, name);
  if (!isOfEntry || start + size > limit)
    fault(file.where, `${quoted(name)} at ${header}`, 'something else', DAMAGED);
  return start;
}

/** @throws CheckpointError where the checksum in the directory is of other bytes */
export function checkSum({ where }: SourceFile, { name, crc }: ZipEntry, actual: Checksum): void {
  if (actual !== crc) fault(where, `checksum ${crc} of ${quoted(name)}`, `${actual}`, DAMAGED);
}

/** An entry's bytes, checked. */
export async function readEntry(
  file: SourceFile,
  entry: ZipEntry,
): Promise<Uint8Array<ArrayBuffer>> {
  const start = await dataStart(file, entry);
  const bytes = await file.read(start, start + entry.size);
  checkSum(file, entry, crc32(bytes));
  return bytes;
}
