import { fault } from './fault.ts';

/** Where the files of one checkpoint are: a folder, a repository, memory. */
export interface Source {
  /** Folder or address, for messages; holds no secret. */
  readonly where: string;
  /** How many bytes the file has; undefined where there is no such file. */
  size(path: string): Promise<number | undefined>;
  /** Exactly the bytes from `start` up to and without `end`. @throws CheckpointError where it cannot */
  read(path: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** One file of a source. */
export interface SourceFile {
  /** Source and path, for messages. */
  readonly where: string;
  readonly size: number;
  /** As `Source.read`, and within the file. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

const PEEKED = 64;
const DOWNLOAD = 'download the file again';

/**
 * Opens a file and looks at how it starts.
 * @throws CheckpointError where there is none, or where something else stands in its place: a Git
 * LFS pointer, a web page, nothing
 */
export async function openFile(source: Source, path: string): Promise<SourceFile> {
  const where = `${source.where}/${path}`;
  const size = await source.size(path);
  if (size === undefined) fault(where, 'a file', 'none', 'check the folder or the repository');
  const read = async (start: number, end: number): Promise<Uint8Array<ArrayBuffer>> => {
    if (!(start >= 0 && start <= end && end <= size))
      fault(where, `bytes ${start} to ${end}`, `a file of ${size} bytes`, DOWNLOAD);
    const bytes = await source.read(path, start, end);
    if (bytes.length !== end - start)
      fault(where, `${end - start} bytes from ${start}`, `${bytes.length}`, DOWNLOAD);
    return bytes;
  };
  refuseStandIn(where, await read(0, Math.min(size, PEEKED)));
  return { where, size, read };
}

function refuseStandIn(where: string, start: Uint8Array): void {
  const text = new TextDecoder('latin1').decode(start);
  if (start.length === 0) fault(where, 'its content', 'an empty file', DOWNLOAD);
  if (text.startsWith('version https://git-lfs.github.com/spec/'))
    fault(where, 'its content', 'a Git LFS pointer', 'run `git lfs pull` there, or download it');
  if (/^(\u00ef\u00bb\u00bf)?\s*<(!doctype|html|head|\?xml)/i.test(text)) {
    const remedy = 'sign in or set a token if its repository asks for it, and download it again';
    fault(where, 'its content', 'a web page', remedy);
  }
}
