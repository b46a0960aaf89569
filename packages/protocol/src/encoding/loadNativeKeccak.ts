import { utf8, toHex } from './bytes.ts'

/** keccak-256, 32 bytes. */
export type Keccak = (bytes: Uint8Array) => Uint8Array

type Hasher = { init(): Hasher; update(bytes: Uint8Array): Hasher; digest(form: 'binary'): Uint8Array }
type Library = { createKeccak(bits: 256): Promise<Hasher> }

function requireLibrary(): Library {
  const { createRequire } = globalThis.process.getBuiltinModule('node:module')
  return createRequire(import.meta.url)('hash-wasm/dist/keccak.umd.min.js') as Library
}

/** keccak-256 of "abc", as other implementations have it. */
const known = '0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45'

/**
 * keccak-256 in WebAssembly where this process is Node.js; undefined elsewhere: pages of a browser may not be allowed to compile it.
 * @param open gives the library, or throws
 */
export async function loadNativeKeccak(open: () => Library = requireLibrary): Promise<Keccak | undefined> {
  try {
    const hasher = await open().createKeccak(256)
    const keccak: Keccak = (bytes) => hasher.init().update(bytes).digest('binary')
    return toHex(keccak(utf8('abc'))) === known ? keccak : undefined
  } catch {
    return undefined
  }
}
