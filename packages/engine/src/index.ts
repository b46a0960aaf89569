export * from './gguf/writeGguf.ts'
export * from './gguf/encodeTensor.ts'
