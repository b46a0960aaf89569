/** Values of one block. */
const blockSize: usize = 1024

/**
 * Dot products of every block of a query with the same block of every atom: out[b · atoms + a], exact in 32 bits, because
 * 1,024 · 127² is below 2²⁵.
 * @param query blocks × 1,024 values of 16 bits
 * @param values for each block, atom after atom, 1,024 values of 8 bits
 */
export function sumBlocks(query: usize, values: usize, blocks: i32, atoms: i32, out: usize): void {
  for (let b = 0; b < blocks; b++) {
    sumBlock(query, values, atoms, out)
    query += 2 * blockSize
    values += <usize>atoms * blockSize
    out += <usize>atoms << 2
  }
}

/** One block of all atoms; short calls, so that a long run changes to optimised code as soon as there is some. */
export function sumBlock(query: usize, values: usize, atoms: i32, out: usize): void {
  for (let a = 0; a < atoms; a++) {
    let s0 = i32x4.splat(0)
    let s1 = s0
    let s2 = s0
    let s3 = s0
    for (let i: usize = 0; i < blockSize; i += 32) {
      const q = query + 2 * i
      const v = values + i
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load_ext<i8>(v), v128.load(q)))
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load_ext<i8>(v, 8), v128.load(q, 16)))
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v128.load_ext<i8>(v, 16), v128.load(q, 32)))
      s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v128.load_ext<i8>(v, 24), v128.load(q, 48)))
    }
    const s = i32x4.add(i32x4.add(s0, s1), i32x4.add(s2, s3))
    store<i32>(out + (<usize>a << 2), i32x4.extract_lane(s, 0) + i32x4.extract_lane(s, 1) + i32x4.extract_lane(s, 2) + i32x4.extract_lane(s, 3))
    values += blockSize
  }
}
