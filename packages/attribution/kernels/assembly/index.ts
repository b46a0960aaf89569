/**
 * Kernels in AssemblyScript: compiled to WebAssembly, not run as TypeScript. They work on memory that the caller lays out; addresses
 * and lengths are trusted, because nothing outside that memory can be reached.
 */
export { sortShortSymbols, sortSuffixes } from './sortSuffixes'
export * from './inducedApart'
export { sumBlock, sumBlocks } from './sumBlocks'
