/** Whether this machine keeps integers little-endian, as the files do. */
export const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

/** Writes little-endian binary files of a size known beforehand. */
export class ByteWriter {
  readonly bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(size: number) {
    this.bytes = new Uint8Array(size)
    this.#view = new DataView(this.bytes.buffer)
  }

  magic(text: string): void {
    for (let i = 0; i < text.length; i++) this.bytes[this.#at++] = text.charCodeAt(i)
  }

  u32(value: number): void {
    this.#view.setUint32(this.#at, value, true)
    this.#at += 4
  }

  raw(bytes: Uint8Array | Int8Array): void {
    this.bytes.set(bytes instanceof Int8Array ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : bytes, this.#at)
    this.#at += bytes.length
  }

  u32Array(values: Uint32Array | Int32Array): void {
    if (littleEndian) return this.raw(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    for (let i = 0; i < values.length; i++) this.#view.setUint32(this.#at + 4 * i, values[i], true)
    this.#at += 4 * values.length
  }
}
