import { fault, listed, quoted } from './fault.ts';
import { isObject, readJson } from './json.ts';
import { openFile, type Source } from './source.ts';
import type { TensorInfo } from './tensor.ts';
import type { Open, TensorFile } from './tensors.ts';

/** Files of one checkpoint beside each other, and an index that says which tensor is in which. */
export async function openSharded(source: Source, index: string, open: Open): Promise<TensorFile> {
  const places = await readIndex(source, index);
  const where = `${source.where}/${index}`;
  const shards = new Map<string, TensorFile>();
  for (const shard of new Set(places.values())) {
    if ((await source.size(shard)) === undefined)
      fault(where, 'its files beside it', `no ${quoted(shard)}`, REMEDY);
    const file = await open(await openFile(source, shard));
    const extra = [...file.tensors.keys()].filter((name) => places.get(name) !== shard);
    if (extra.length > 0)
      fault(file.where, `what ${index} lists`, `${listed(extra)} besides`, REMEDY);
    shards.set(shard, file);
  }
  const tensors = new Map<string, TensorInfo>();
  for (const [name, shard] of places) {
    const info = shards.get(shard)?.tensors.get(name);
    if (!info)
      fault(`${source.where}/${shard}`, `${name}, as ${index} says`, 'no such tensor', REMEDY);
    tensors.set(name, info);
  }
  const read: TensorFile['read'] = (name) => {
    const shard = shards.get(places.get(name) ?? '');
    if (!shard) fault(where, `a tensor ${name}`, 'none of that name', 'check the architecture');
    return shard.read(name);
  };
  return { where, tensors, read };
}

const REMEDY = 'take all files from one revision of the repository';

/** From tensor to shard. */
async function readIndex(source: Source, path: string): Promise<Map<string, string>> {
  const { where, values } = await readJson(source, path);
  const map = values['weight_map'];
  if (!isObject(map)) fault(where, 'a weight_map', quoted(typeof map), 'download it again');
  return new Map(
    Object.entries(map).map(([name, shard]) => {
      if (typeof shard !== 'string' || !/^\w[\w.-]*$/.test(shard))
        fault(where, `a file beside it for ${name}`, quoted(String(shard)), 'download it again');
      return [name, shard];
    }),
  );
}
