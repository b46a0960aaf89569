// Starts a chain on the folder that is named, says where it is, and waits to be killed.
import { startEmbeddedChain } from '../launch/startEmbeddedChain.ts'

const { url, pid } = await startEmbeddedChain({ dataDir: process.argv[2] as string, chainId: 7117 })
process.send?.({ url, pid })
