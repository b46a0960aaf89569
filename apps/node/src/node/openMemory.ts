import * as files from 'node:fs/promises'
import { FolderStore, type ContentStore } from '@openledger/datanet'
import { sha256, writeArtefact, type Network } from '@openledger/protocol'
import type { Address } from 'viem'
import type { FullNodeOptions } from '../config/NodeOptions.ts'
import type { Database } from '../database/Database.ts'
import { openDatabase } from '../database/openDatabase.ts'
import { Journal } from '../journal/Journal.ts'
import { Ledger } from '../ledger/Ledger.ts'
import { datanetProjections } from '../ledger/projections/datanetProjections.ts'
import { modelProjections } from '../ledger/projections/modelProjections.ts'
import { moneyProjections } from '../ledger/projections/moneyProjections.ts'
import type { DataFolder } from '../storage/checkDataFolder.ts'
import { openContent } from '../content/openContent.ts'
import type { Closers } from './Closers.ts'

export type Memory = { journal: Journal; database: Database; content: ContentStore; ledger: Ledger }

const nameOf = ({ chainId, deployBlock, contracts }: Network): string => sha256(writeArtefact({ chainId, deployBlock, contracts }))

/** Tables made for another ledger are of no use: they are made again. */
async function checkNetwork(database: Database, { network, log }: FullNodeOptions): Promise<void> {
  const name = nameOf(network)
  const [row] = await database.query<{ value: string }>(`select value from cursors where name = 'network'`)
  if (row && row.value !== name) {
    log.warn('database.rebuild', { reason: 'it belongs to another ledger' })
    await database.reset()
  }
  await database.query(`insert into cursors values ('network', $1) on conflict (name) do update set value = $1`, [name])
}

/** Opens everything that the gateway of an address remembers: journal, files, tables; the tables are brought up to the journal. */
export async function openMemory(folder: DataFolder, gateway: Address, options: FullNodeOptions, closers: Closers): Promise<Memory> {
  const { log, clock } = options
  const journal = await Journal.open({ folder: folder.journal, files: options.journalFiles, now: () => clock.now() })
  closers.add('journal', () => journal.close())
  await new FolderStore(folder.content, files).sweep()
  const content = openContent({ folder: folder.content, s3: options.content })
  const owner = `${gateway.toLowerCase()} ${nameOf(options.network)}`
  const database = await openDatabase({ folder: folder.database, url: options.database, owner, log, clock })
  closers.add('database', () => database.close())
  await checkNetwork(database, options)
  const projections = { ...datanetProjections, ...modelProjections, ...moneyProjections }
  const ledger = await Ledger.open({ journal, database, projections, sources: { content: (cid) => content.get(cid) }, log, clock })
  closers.add('ledger', () => ledger.close())
  return { journal, database, content, ledger }
}
