/** A stretch of a source: its first byte, its length in bytes, and the number of the source; -1 for code that the compiler made on its own. */
export type Stretch = { start: number; length: number; source: number }

/**
 * Reads a source map of solc: entries `start:length:source:...` with a semicolon between, where what is left out is as before.
 * @returns the stretch of each instruction, in the order of the code
 */
export function readSourceMap(map: string): Stretch[] {
  const stretches: Stretch[] = []
  let [start, length, source] = [0, 0, -1]
  for (const entry of map.split(';')) {
    const [a, b, c] = entry.split(':')
    if (a) start = Number(a)
    if (b) length = Number(b)
    if (c) source = Number(c)
    stretches.push({ start, length, source })
  }
  return stretches
}

/** Where each instruction of a code begins. Data behind the code is read as instructions too; no source map speaks of those. */
export function instructionOffsets(code: Uint8Array): number[] {
  const offsets: number[] = []
  for (let at = 0; at < code.length; at++) {
    offsets.push(at)
    const opcode = code[at]!
    if (opcode >= 0x60 && opcode <= 0x7f) at += opcode - 0x5f
  }
  return offsets
}
