/** Copies `size` columns per row between matrices with rows of `fromRow` and `toRow` floats. */
export function copyColumns(from: usize, fromRow: i32, to: usize, toRow: i32, rows: i32, size: i32): void {
  const vectors = size & ~3;
  for (let r = 0; r < rows; r++) {
    let j = 0;
    for (; j < vectors; j += 4) v128.store(to + (<usize>j << 2), v128.load(from + (<usize>j << 2)));
    for (; j < size; j++) store<f32>(to + (<usize>j << 2), load<f32>(from + (<usize>j << 2)));
    from += <usize>fromRow << 2;
    to += <usize>toRow << 2;
  }
}
