// Preloaded (--import): writing a file whose path holds FAIL_PATH fails with FAIL_CODE, after some bytes.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import process from 'node:process';

const { FAIL_PATH = '', FAIL_CODE = '' } = process.env;
const open = fs.promises.open;

const failure = () => Object.assign(new Error(`${FAIL_CODE}: injected`), { code: FAIL_CODE });

fs.promises.open = async (path, flags, mode) => {
  const handle = await open(path, flags, mode);
  if (!String(path).includes(FAIL_PATH) || !String(flags ?? 'r').includes('w')) return handle;
  const writeFile = handle.writeFile.bind(handle);
  handle.writeFile = async () => {
    await writeFile('hal');
    throw failure();
  };
  return handle;
};
syncBuiltinESMExports();
