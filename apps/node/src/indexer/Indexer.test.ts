import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Network } from '@openledger/protocol'
import { createDatanet } from '@openledger/sdk'
import { createPublicClient, custom, HttpRequestError, type PublicClient } from 'viem'
import { openChain } from '../chain/ChainAccess.ts'
import { systemClock } from '../config/Clock.ts'
import { silentLog } from '../config/Log.ts'
import type { Database } from '../database/Database.ts'
import { openPglite } from '../database/openPglite.ts'
import { deployTestLedger, testClients, testWriter } from '../test/deployTestLedger.ts'
import { startAnvil, type Anvil } from '../test/startAnvil.ts'
import { Indexer, type IndexerOptions } from './Indexer.ts'

let anvil: Anvil
let network: Network
let database: Database
let folder: string
beforeAll(async () => {
  anvil = await startAnvil()
  network = await deployTestLedger(anvil.url)
  folder = mkdtempSync(path.join(tmpdir(), 'indexer-'))
  database = await openPglite(path.join(folder, 'db'), silentLog)
}, 60_000)
afterAll(async () => {
  await database.close()
  await anvil.stop()
  rmSync(folder, { recursive: true, force: true })
})

const makeIndexer = (more: Partial<IndexerOptions> = {}): Indexer =>
  new Indexer({ network, client: openChain(network, anvil.url).client, database, clock: systemClock, log: silentLog, pollMs: 50, ...more })
const create = async (metadata: number): Promise<void> => {
  await createDatanet(testWriter(network, 0), { metadataHash: `0x${metadata.toString(16).padStart(64, '0')}` })
}
const indexed = async (): Promise<string[]> => {
  const rows = await database.query<{ id: string; hash: string }>(
    `select args->>'datanetId' as id, args->>'metadataHash' as hash from chain_events where name = 'Datanets.DatanetCreated' order by block_number, log_index`,
  )
  return rows.map((row) => `${row.id}:${Number(row.hash)}`)
}
const catchUp = async (indexer: Indexer): Promise<void> => {
  while (!(await indexer.step()));
}

describe('Indexer', () => {
  it('reads all events in ranges of any size, once', async () => {
    for (const n of [1, 2, 3]) await create(n)
    await catchUp(makeIndexer({ batchBlocks: 2 }))
    await catchUp(makeIndexer())
    expect(await indexed()).toEqual(['1:1', '2:2', '3:3'])
    const [event] = await database.query<{ time: string; args: { owner: string } }>(`select time, args from chain_events where name = 'Datanets.DatanetCreated'`)
    expect(Number(event!.time)).toBeGreaterThan(1_600_000_000)
    expect(event!.args.owner).toMatch(/^0x[0-9a-f]{40}$/)
  })

  it('takes back what a reorganisation took back, also one that happened while it was away', async () => {
    const indexer = makeIndexer()
    await create(4)
    await create(5)
    await catchUp(indexer)
    expect(await indexed()).toHaveLength(5)
    await anvil.request('anvil_rollback', [2])
    await create(40)
    await catchUp(indexer)
    expect(await indexed()).toEqual(['1:1', '2:2', '3:3', '4:40'])
    expect(indexer.state.reorganisations).toBe(1)
    await anvil.request('anvil_rollback', [3])
    for (const n of [20, 30, 41, 51]) await create(n)
    await catchUp(makeIndexer())
    expect(await indexed()).toEqual(['1:1', '2:20', '3:30', '4:41', '5:51'])
  })

  it('stays up while the chain is away, says so, and goes on', async () => {
    let away = true
    const request = ({ method, params }: { method: string; params?: unknown[] }): Promise<unknown> =>
      away ? Promise.reject(new HttpRequestError({ url: anvil.url, details: 'connection refused' })) : anvil.request(method, params)
    const proxy = createPublicClient({ transport: custom({ request }, { retryCount: 0 }), cacheTime: 0 }) as PublicClient
    const indexer = makeIndexer({ client: proxy })
    indexer.start()
    await create(6)
    while (indexer.state.awaySince === null) await systemClock.sleep(10)
    expect(indexer.state.reachable).toBe(false)
    away = false
    await indexer.reached(Number(await testClients(anvil.url, 0).publicClient.getBlockNumber({ cacheTime: 0 })))
    expect((await indexed()).at(-1)).toBe('6:6')
    await indexer.stop()
    expect(indexer.state).toMatchObject({ reachable: true, awaySince: null })
  })
})
