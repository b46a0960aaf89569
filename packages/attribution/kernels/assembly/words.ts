/** The 32-bit word at place `i` of the words that begin at `base`. */
export function word(base: usize, i: i32): i32 {
  return load<i32>(base + (<usize>(<u32>i) << 2))
}

/** The symbol at place `i` of a text: unsigned 16-bit ones (T = u16), or words (T = i32). */
export function symbol<T>(text: usize, i: i32): i32 {
  return <i32>load<T>(text + (<usize>(<u32>i) << alignof<T>()))
}

/** Writes the word at place `i`. */
export function setWord(base: usize, i: i32, value: i32): void {
  store<i32>(base + (<usize>(<u32>i) << 2), value)
}

/** Sets the words of places [from, to) to 0. */
export function clearWords(base: usize, from: i32, to: i32): void {
  memory.fill(base + (<usize>(<u32>from) << 2), 0, <usize>(<u32>(to - from)) << 2)
}
