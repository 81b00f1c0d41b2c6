import { crc32 } from './crc32.ts';
import { fault, quoted } from './fault.ts';
import type { SourceFile } from './source.ts';
import { readStateDict, type View } from './state-dict.ts';
import { gather, isContiguous, span } from './strided.ts';
import { byteLength, type TensorInfo, WIDTHS } from './tensor.ts';
import type { TensorFile } from './tensors.ts';
import { checkSum, dataStart, readDirectory, readEntry, type ZipEntry } from './zip.ts';

const DAMAGED = 'download the file again';
const RESAVE = 'load it with PyTorch 1.6 or later and save its state_dict with torch.save';
/** Some ten thousand tensors; a crafted pickle of that length makes 80 MB of objects. */
const LONGEST_PICKLE = 2 ** 20;

/**
 * Opens what `torch.save(model.state_dict(), …)` writes since PyTorch 1.6: a zip archive of a pickle
 * and storages. The pickle is read by a machine that can execute nothing; storages when they are
 * asked for, each checked against its checksum the first time.
 */
export async function openPyTorch(file: SourceFile): Promise<TensorFile> {
  const { where } = file;
  await refuseLegacy(file);
  const archive = await readDirectory(file);
  const root = await findRoot(file, archive);
  const pickle = entryOf(where, archive, `${root}data.pkl`);
  if (pickle.size > LONGEST_PICKLE)
    fault(where, `a pickle of at most ${LONGEST_PICKLE} bytes`, `${pickle.size}`, RESAVE);
  const views = readStateDict(`${where}/${pickle.name}`, await readEntry(file, pickle));
  const tensors = new Map<string, TensorInfo>();
  const storages = new Map<string, ZipEntry>();
  for (const [name, view] of views) {
    tensors.set(name, describe(where, name, view));
    storages.set(name, storageOf(where, name, archive, root, view));
  }
  limitTotal(file, tensors);
  const checked = new Set<ZipEntry>();
  const read: TensorFile['read'] = async (name) => {
    const [info, view, entry] = [tensors.get(name), views.get(name), storages.get(name)];
    if (!info || !view || !entry)
      fault(where, `a tensor ${name}`, 'none of that name', 'check the architecture');
    return { ...info, bytes: await readView(file, entry, view, checked) };
  };
  return { where, tensors, read };
}

/** Before 1.6 a file was a row of pickles; the first of them is a magic number. */
async function refuseLegacy(file: SourceFile): Promise<void> {
  const start = await file.read(0, Math.min(4, file.size));
  if (start.join() === '128,2,138,10')
    fault(file.where, 'a zip archive', 'the format of PyTorch before 1.6', RESAVE);
}

/** All entries are in one folder, whose name is that of the file when it was saved. */
async function findRoot(file: SourceFile, archive: ReadonlyMap<string, ZipEntry>): Promise<string> {
  const pickles = [...archive.keys()].filter((name) => /^([^/]*\/)?data\.pkl$/.test(name));
  const [pickle] = pickles;
  if (pickle === undefined || pickles.length > 1)
    fault(file.where, 'one data.pkl in the archive', `${pickles.length}`, RESAVE);
  const root = pickle.slice(0, -'data.pkl'.length);
  const order = archive.get(`${root}byteorder`);
  const text = order ? new TextDecoder().decode(await readEntry(file, order)) : 'little';
  if (text !== 'little') fault(file.where, 'little-endian numbers', quoted(text), RESAVE);
  return root;
}

function entryOf(where: string, archive: ReadonlyMap<string, ZipEntry>, name: string): ZipEntry {
  const entry = archive.get(name);
  if (!entry) fault(where, `an entry ${quoted(name)}`, 'none', DAMAGED);
  return entry;
}

function describe(where: string, name: string, view: View): TensorInfo {
  const { storage, shape, stride, offset } = view;
  const place = [where, storage.key, storage.dtype, offset, shape.join('x'), stride.join('x')].join(
    ':',
  );
  return { name, dtype: storage.dtype, shape, where: `${where}: ${name}`, place };
}

function storageOf(
  where: string,
  name: string,
  archive: ReadonlyMap<string, ZipEntry>,
  root: string,
  { storage }: View,
): ZipEntry {
  const entry = entryOf(where, archive, `${root}data/${storage.key}`);
  const expected = storage.elements * (WIDTHS.get(storage.dtype) ?? 0);
  if (entry.size !== expected)
    fault(
      `${where}: ${name}`,
      `${expected} bytes in ${quoted(entry.name)}`,
      `${entry.size}`,
      DAMAGED,
    );
  return entry;
}

/** Views that overlap could make more of a file than it holds. */
function limitTotal({ where, size }: SourceFile, tensors: ReadonlyMap<string, TensorInfo>): void {
  const places = new Map([...tensors.values()].map((info) => [info.place, byteLength(info)]));
  const total = [...places.values()].reduce((sum, bytes) => sum + bytes, 0);
  if (total > size)
    fault(
      where,
      `tensors of at most ${size} bytes`,
      `${total}: they overlap`,
      'save clones of them',
    );
}

async function readView(
  file: SourceFile,
  entry: ZipEntry,
  view: View,
  checked: Set<ZipEntry>,
): Promise<Uint8Array<ArrayBuffer>> {
  const width = WIDTHS.get(view.storage.dtype) ?? 0;
  const start = await dataStart(file, entry);
  const from = start + view.offset * width;
  const bytes = await file.read(from, from + span(view) * width);
  if (!checked.has(entry)) {
    const isWhole = bytes.length === entry.size;
    checkSum(file, entry, isWhole ? crc32(bytes) : await sumByBlocks(file, start, entry.size));
    checked.add(entry);
  }
  return isContiguous(view) ? bytes : gather(bytes, view, width);
}

const BLOCK = 2 ** 20;

async function sumByBlocks(file: SourceFile, start: number, size: number): Promise<number> {
  let sum = 0;
  for (let at = 0; at < size; at += BLOCK)
    sum = crc32(await file.read(start + at, start + Math.min(size, at + BLOCK)), sum);
  return sum;
}
