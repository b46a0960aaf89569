import { mkdirSync } from 'node:fs'
import type { FileLock } from '@openledger/files'
import { Chain } from '../blocks/Chain.ts'
import { ChainClock } from '../blocks/ChainClock.ts'
import { ChainCommon } from '../evm/ChainCommon.ts'
import { nativeCrypto } from '../evm/nativeCrypto.ts'
import type { Genesis } from '../genesis/Genesis.ts'
import { genesisBlock } from '../genesis/genesisBlock.ts'
import { readGenesisFile, settleGenesis, writeGenesisFile } from '../genesis/genesisFile.ts'
import { defaultPoolLimits } from '../pool/poolLimits.ts'
import { TransactionPool } from '../pool/TransactionPool.ts'
import { BlockProducer } from '../producer/BlockProducer.ts'
import { BlockSchedule } from '../producer/BlockSchedule.ts'
import { Dispatcher } from '../rpc/Dispatcher.ts'
import { rpcMethods } from '../rpc/methods/rpcMethods.ts'
import { RequestGuard } from '../rpc/RequestGuard.ts'
import { defaultRpcLimits } from '../rpc/rpcLimits.ts'
import { RpcServer } from '../rpc/RpcServer.ts'
import { ChainStore } from '../storage/ChainStore.ts'
import { lockChainFolder } from '../storage/lockChainFolder.ts'
import { encodeReceipts } from '../storage/records.ts'
import { corrupt } from '../storage/storageErrors.ts'
import type { ChainNodeOptions } from './ChainNodeOptions.ts'

/** The whole node in this process: store, pool, block production and JSON-RPC. */
export class ChainNode {
  readonly host: string
  readonly port: number
  readonly chainId: number
  readonly dataFolder: string
  private readonly lock: FileLock
  private readonly store: ChainStore
  private readonly schedule: BlockSchedule
  private readonly server: RpcServer

  private constructor(parts: { host: string; port: number; chainId: number; dataFolder: string; lock: FileLock; store: ChainStore; schedule: BlockSchedule; server: RpcServer }) {
    this.host = parts.host
    this.port = parts.port
    this.chainId = parts.chainId
    this.dataFolder = parts.dataFolder
    this.lock = parts.lock
    this.store = parts.store
    this.schedule = parts.schedule
    this.server = parts.server
  }

  /**
   * Starts a node on a data folder, which is created when it is missing, and goes on with what waits in its journal.
   * @throws OpenLedgerError when the folder is locked or damaged, the genesis differs, or the port is taken; nothing stays open then
   */
  static async start(options: ChainNodeOptions): Promise<ChainNode> {
    mkdirSync(options.dataFolder, { recursive: true })
    const lock = lockChainFolder(options.dataFolder)
    let store: ChainStore | undefined
    try {
      const genesis = settleGenesis(options.dataFolder, options)
      const common = new ChainCommon(genesis.chainId, await nativeCrypto())
      store = ChainStore.open(options.dataFolder, common.keccak256)
      const chain = await openChain(options.dataFolder, genesis, common, store)
      const clock = new ChainClock(options.wallMs, options.sharedSeconds)
      if (options.dev) clock.advance(clock.ahead(chain.head.header.timestamp))
      const pool = await TransactionPool.open(chain, defaultPoolLimits)
      const producer = new BlockProducer(chain, pool, clock)
      const schedule = new BlockSchedule(producer, pool, chain, clock, options)
      pool.onReady(() => schedule.notify())
      const context = { chain, pool, producer, clock, limits: defaultRpcLimits }
      const server = new RpcServer(new Dispatcher(rpcMethods(options.dev), context), new RequestGuard(options), defaultRpcLimits)
      producer.onBlock((block) => server.publish(block, () => chain.receipts(Number(block.header.number))))
      const port = await server.listen(options.host, options.port)
      if (pool.size > 0) schedule.notify()
      return new ChainNode({ dataFolder: options.dataFolder, host: options.host, port, chainId: genesis.chainId, lock, store, schedule, server })
    } catch (error) {
      await store?.close()
      lock.release()
      throw error
    }
  }

  /** Where the node answers. */
  get url(): string {
    const host = this.host === '0.0.0.0' ? '127.0.0.1' : this.host.includes(':') ? `[${this.host}]` : this.host
    return `http://${host}:${this.port}`
  }

  /** Finishes the block that is being made, closes everything and gives the folder back. */
  async stop(): Promise<void> {
    await this.server.close()
    await this.schedule.stop()
    await this.store.close()
    this.lock.release()
  }
}

/** Opens the chain; makes block 0 in a new folder. The genesis file is written last: where it is, there is a chain. */
async function openChain(folder: string, genesis: Genesis, common: ChainCommon, store: ChainStore): Promise<Chain> {
  const { block, nodes } = await genesisBlock(genesis, common, store)
  if (store.headNumber() === undefined) {
    if (readGenesisFile(folder) !== undefined) throw corrupt(folder, 'genesis.json is there, the blocks are not')
    store.commitBlock({
      number: 0,
      hash: block.hash(),
      block: block.serialize(),
      receipts: encodeReceipts([]),
      bloom: undefined,
      transactionHashes: [],
      nodes,
      settledSequences: [],
    })
  }
  const chain = await Chain.open(common, store, block)
  if (readGenesisFile(folder) === undefined) writeGenesisFile(folder, genesis)
  return chain
}
