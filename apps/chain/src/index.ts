export { startEmbeddedChain, type ChainExit, type EmbeddedChain, type EmbeddedChainOptions } from './launch/startEmbeddedChain.ts'
