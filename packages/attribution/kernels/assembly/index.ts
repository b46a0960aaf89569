/**
 * Kernels in AssemblyScript: compiled to WebAssembly, not run as TypeScript. They work on memory that the caller lays out; addresses
 * and lengths are trusted, because nothing outside that memory can be reached.
 */
export { sortSuffixes } from './sortSuffixes'
export { lowerAll, lowerSubstrings, raiseAll, raiseSubstrings } from './induce'
export { sumBlock, sumBlocks } from './sumBlocks'
