import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fault } from '../fault.ts';
import type { Source } from '../source.ts';

/** A checkpoint in a folder of this machine. */
export function folderSource(folder: string): Source {
  return {
    where: folder,
    async size(path) {
      try {
        const found = await stat(join(folder, path));
        return found.isFile() ? found.size : undefined;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async read(path, start, end) {
      const file = await open(join(folder, path));
      try {
        const bytes = new Uint8Array(end - start);
        for (let done = 0; done < bytes.length;) {
          const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
          if (bytesRead === 0) {
            const where = `${folder}/${path}`;
            fault(where, `${end} bytes`, `${start + done}`, 'it was cut: download it again');
          }
          done += bytesRead;
        }
        return bytes;
      } finally {
        await file.close();
      }
    },
  };
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ENOENT' || error.code === 'ENOTDIR');
