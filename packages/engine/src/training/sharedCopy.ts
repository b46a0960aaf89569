/** A copy of a typed array in shared memory, so that worker threads see it without copying. */
export function sharedCopy<Data extends Uint16Array | Uint32Array | Float32Array>(source: Data): Data {
  const make = source.constructor as new (buffer: SharedArrayBuffer) => Data
  const copy = new make(new SharedArrayBuffer(source.byteLength))
  copy.set(source)
  return copy
}

/** Zeros in shared memory. */
export function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(length * 4))
}
