export * from './gguf/writeGguf.ts'
export * from './gguf/encodeTensor.ts'
export * from './bpe/trainBpe.ts'
export * from './bpe/BpeEncoder.ts'
