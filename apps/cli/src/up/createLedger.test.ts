import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startEmbeddedChain, type EmbeddedChain } from '@openledger/chain'
import { ensureKey } from '@openledger/node/keys'
import { parseOpen } from '@openledger/protocol'
import { readGovernance, readParameters } from '@openledger/sdk'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { dataFolder } from '../context/dataFolder.ts'
import { readerOf } from '../context/ledgerClients.ts'
import { createLedger } from './createLedger.ts'

let root: string
let chain: EmbeddedChain
const guardian = '0x00000000000000000000000000000000000000ad'

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'openledger-create-'))
  await mkdir(dataFolder(root).keys)
  const deployer = await ensureKey(dataFolder(root).keys, 'deployer')
  chain = await startEmbeddedChain({ dataDir: path.join(root, 'chain'), chainId: 7118, genesisAccounts: { [deployer.address]: parseOpen('100') }, sharedSeconds: true })
}, 60_000)
afterAll(async () => {
  await chain?.stop()
  await rm(root, { recursive: true, force: true })
})

it('creates a ledger elsewhere that its deployer does not own, and finds it again', async () => {
  const create = () => createLedger({ folder: dataFolder(root), rpcUrl: chain.url, changes: ['disputeWindow=3600'], governance: { timelockDelay: 600 }, guardian })
  const { network, deployer } = await create()
  const governance = await readGovernance(readerOf(network))
  expect(governance).toMatchObject({ timelockDelay: 600n, votingDelay: 86_400n, guardian: expect.stringMatching(new RegExp(guardian, 'i')) as string })
  expect(governance.timelock).not.toBe(deployer)
  expect(await readParameters(readerOf(network))).toMatchObject({ disputeWindow: 3600, stakeThaw: 7 * 86_400 })
  const again = await create()
  expect(again.network.contracts.parameters.toLowerCase()).toBe(network.contracts.parameters.toLowerCase())
  expect(again.network.deployBlock).toBe(network.deployBlock)
}, 120_000)

it('says whom to give coins when the deployer has none', async () => {
  const empty = dataFolder(path.join(root, 'empty'))
  await expect(createLedger({ folder: empty, rpcUrl: chain.url })).rejects.toMatchObject({ code: 'NO_FUNDS' })
}, 30_000)
