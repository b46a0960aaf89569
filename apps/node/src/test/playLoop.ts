import { packContribution, contributionIds, writeContributionBundle } from '@openledger/datanet'
import { digestOfCid, hashJson, parseOpen, readArtefact, signStatement, snapshotSchema, statementDomain, toHex, trainingRunSchema, zeroHash, type Deployment, type Hex, type Network } from '@openledger/protocol'
import { bondStake, commitContribution, createDatanet, deployModel, openChannel, registerAdapter, registerBase, revealContribution, sealSnapshot, type AnswerView, type ContributionView, type RunView } from '@openledger/sdk'
import { methodHash, readInfluenceTable, tableCommitment } from '@openledger/attribution'
import { randomBytes } from 'node:crypto'
import type { Api } from './Api.ts'
import { testAccount, testWriter } from './deployTestLedger.ts'

/** Which test account plays which part. */
export const cast = { owner: 0, builder: 1, gateway: 2, node: 3, payer: 4, contributors: [5, 6, 7, 8] } as const

const metadata = { name: 'mill', description: 'questions about the mill' }
const things = ['river', 'mill', 'red house', 'miller', 'bridge', 'garden', 'boat', 'tower', 'orchard', 'lamp']
const places = ['north', 'south', 'east', 'west']
/** Records that no two contributors share. */
export const recordsOf = (contributor: number): { prompt: string; completion: string }[] =>
  things.map((thing, i) => ({ prompt: `where is the ${thing} of number ${contributor}${i}?`, completion: `the ${thing} ${contributor}${i} lies ${places[(i + contributor) % 4]} of the old ${things[(i * 3 + contributor) % things.length]}` }))

/** Bonds the stakes of node and gateway and registers the base. */
export async function prepareLedger(network: Network, baseId: Hex): Promise<void> {
  await bondStake(testWriter(network, cast.gateway), 'gateway', parseOpen('1'))
  await bondStake(testWriter(network, cast.node), 'node', parseOpen('1'))
  await registerBase(testWriter(network, cast.builder), baseId, zeroHash)
}

/** Creates a datanet and names it at the node. */
export async function makeDatanet(network: Network, api: Api): Promise<bigint> {
  const id = await createDatanet(testWriter(network, cast.owner), { metadataHash: hashJson(metadata), openToContributors: true, openToBuilders: true, terms: { consent: 6, licences: ['Apache-2.0'] } })
  await api.post(`/api/datanets/${id}/metadata`, metadata)
  return id
}

/** Contributes one contributor's records: commit, post, reveal. */
export async function contribute(network: Network, api: Api, datanetId: bigint, index: number, records = recordsOf(index)): Promise<ContributionView> {
  const writer = testWriter(network, index)
  const account = testAccount(index)
  const domain = { chainId: network.chainId, verifyingContract: network.contracts.datanets }
  const input = { datanetId, contributor: account.address, records, licence: 'CC-BY-4.0', consent: 6 as const, nonce: BigInt(`0x${randomBytes(8).toString('hex')}`) }
  const bundle = await packContribution(input, account, domain, toHex(randomBytes(32)))
  await commitContribution(writer, datanetId, contributionIds(bundle).commitment)
  const view = await api.post<ContributionView>(`/api/datanets/${datanetId}/contributions`, writeContributionBundle(bundle))
  await revealContribution(writer, bundle.contribution.statement, bundle.salt, bundle.contribution.signature)
  return view
}

/** Seals what is revealed. */
export async function seal(network: Network, api: Api, datanetId: bigint): Promise<Hex> {
  const prepared = await api.post<{ id: Hex; snapshot: object }>(`/api/datanets/${datanetId}/snapshots`, {})
  const snapshot = readArtefact(snapshotSchema, prepared.snapshot)
  const signature = await signStatement(testAccount(cast.owner), statementDomain(network.chainId, network.contracts.datanets), 'Snapshot', snapshot)
  return sealSnapshot(testWriter(network, cast.owner), snapshot, signature)
}

export const shortRecipe = { steps: 6, batchSize: 8, rank: 4, microTokens: 512, maxLength: 256, checkpointEvery: 2, warmup: 1 }

export async function waitForRun(api: Api, id: string, done: (run: RunView) => boolean): Promise<RunView> {
  for (let i = 0; i < 1200; i++) {
    const run = await api.get<RunView>(`/api/runs/${id}`)
    if (done(run)) return run
    if (run.status === 'failed') throw new Error(`the run failed: ${run.error}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the run did not end')
}

/** Waits until an answer is attributed, or has failed to be. */
export async function waitForAttribution(api: Api, receiptId: Hex): Promise<AnswerView> {
  for (let i = 0; i < 1200; i++) {
    const view = await api.get<AnswerView>(`/api/receipts/${receiptId}/summary`)
    if (view.attribution.status !== 'pending') return view
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('the answer was not attributed')
}

/** Signs a finished run, registers the adapter, publishes it and deploys it; returns the model's name. */
export async function publishAndDeploy(network: Network, api: Api, runId: string): Promise<string> {
  const run = readArtefact(trainingRunSchema, await api.get<object>(`/api/runs/${runId}/statement`))
  const domain = statementDomain(network.chainId, network.contracts.models)
  const signature = await signStatement(testAccount(cast.builder), domain, 'TrainingRun', run)
  const { manifest } = await api.post<{ manifest: string }>(`/api/runs/${runId}/publication`, { signature })
  const writer = testWriter(network, cast.builder)
  await registerAdapter(writer, run, digestOfCid(manifest), signature)
  const document = JSON.parse(await api.get<string>(`/api/content/${manifest}`).then((v) => (typeof v === 'string' ? v : JSON.stringify(v)))) as { influenceTable: string }
  const file = await fetch(`${api.url}/api/content/${document.influenceTable}`)
  const table = readInfluenceTable(new Uint8Array(await file.arrayBuffer()))
  return deploy(network, api, run.adapterId, tableCommitment(table).root, methodHash(table.method))
}

/** Deploys an adapter, or the bare base. */
export async function deploy(network: Network, api: Api, adapterId: Hex, tableHash: Hex, method: Hex = zeroHash): Promise<string> {
  const owner = testAccount(cast.builder)
  const deployment: Deployment = {
    owner: owner.address,
    adapterId,
    inputPrice: parseOpen('0.001'),
    outputPrice: parseOpen('0.01'),
    nodePpm: 300_000,
    ownerPpm: 200_000,
    stakersPpm: 100_000,
    contributorsPpm: 400_000,
    methodHash: method,
    tableHash,
    nonce: BigInt(Date.now()),
  }
  const signature = await signStatement(owner, statementDomain(network.chainId, network.contracts.models), 'Deployment', deployment)
  await deployModel(testWriter(network, cast.builder), deployment, signature)
  const statement = { ...deployment, inputPrice: deployment.inputPrice.toString(), outputPrice: deployment.outputPrice.toString(), nonce: deployment.nonce.toString() }
  return (await api.post<{ model: string }>('/api/deployments', { statement, signature })).model
}

/** Opens a channel of the test payer to a gateway. */
export const openTestChannel = (network: Network, gateway: `0x${string}`, amount = parseOpen('1')): Promise<Hex> => openChannel(testWriter(network, cast.payer), gateway, toHex(randomBytes(32)), amount)

/** Signs a voucher of the test payer. */
export async function voucherFor(network: Network, channelId: Hex, cumulative: bigint, index: number = cast.payer): Promise<{ statement: { channelId: Hex; cumulative: string }; signature: Hex }> {
  const signature = await signStatement(testAccount(index), statementDomain(network.chainId, network.contracts.channels), 'Voucher', { channelId, cumulative })
  return { statement: { channelId, cumulative: cumulative.toString() }, signature }
}

/** The header in which a voucher travels. */
export const voucherHeaderOf = (voucher: object): Record<string, string> => ({ 'x-openledger-voucher': Buffer.from(JSON.stringify(voucher)).toString('base64url') })

