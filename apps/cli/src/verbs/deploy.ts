import { deploymentId, fail, hashJson, readArtefact, runManifestSchema, signStatement, statementDomain, toJson, wholePpm, zeroHash, type Deployment, type Hex } from '@openledger/protocol'
import { deployModel, readBase, readDeployment } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'
import { fetchContent } from './fetchContent.ts'
import { findRun } from './findRun.ts'

/** Who gets what of an answer's fee, in parts per million; the four sum to 1,000,000. */
export type Split = Pick<Deployment, 'nodePpm' | 'ownerPpm' | 'stakersPpm' | 'contributorsPpm'>

/** Where nothing else is said: most goes to those whose records the model learnt. */
export const adapterSplit: Split = { nodePpm: 200_000, ownerPpm: 150_000, stakersPpm: 50_000, contributorsPpm: 600_000 }
/** The bare base has no contributors. */
export const baseSplit: Split = { nodePpm: 500_000, ownerPpm: 400_000, stakersPpm: 100_000, contributorsPpm: 0 }

export type DeployInput = {
  /** A published run (id or name), an adapter's id, or a base's id. */
  model: { run: string } | { adapter: Hex } | { base: Hex }
  /** The name after the base's; default: the run's. */
  name?: string
  /** Smallest unit of OPEN for 1,000 tokens. */
  inputPrice: bigint
  outputPrice: bigint
  split?: Split
  /** The name of the model owner's key. */
  owner: string
}

export type Deployed = { deploymentId: Hex; model: string; isNew: boolean }
type Offer = Pick<Deployment, 'adapterId' | 'methodHash' | 'tableHash'> & { split: Split; name: string | undefined }

async function offerOf(session: Session, { model, name, split }: DeployInput): Promise<Offer> {
  if ('base' in model) {
    if (!(await readBase(session.reader, model.base))) fail('UNKNOWN_BASE', `the chain knows no base ${model.base}`, { field: 'base', fix: 'use the id of a registered base: openledger status shows it' })
    return { adapterId: model.base, methodHash: zeroHash, tableHash: zeroHash, split: split ?? baseSplit, name }
  }
  const run = 'run' in model ? await findRun(session, model.run) : (await session.node.runs()).find((r) => r.adapterId === model.adapter && r.manifest !== null)
  if (!run) return fail('UNKNOWN_ADAPTER', 'this node has published no such adapter', { fix: 'publish the run that made it first' })
  if (!run.manifest || !run.adapterId) return fail('NOT_PUBLISHED', `run ${run.name} is ${run.status}, not published`, { fix: `publish it with: openledger publish ${run.name}` })
  const { influenceTable } = readArtefact(runManifestSchema, await fetchContent(session, run.manifest))
  const { readInfluenceTable, methodHash, tableCommitment } = await import('@openledger/attribution')
  const table = readInfluenceTable(await fetchContent(session, influenceTable))
  return { adapterId: run.adapterId, methodHash: methodHash(table.method), tableHash: tableCommitment(table).root, split: split ?? adapterSplit, name: name ?? run.name }
}

/** Equal offers get an equal nonce, so that a repeated call makes the same statement. */
const nonceOf = (offer: Omit<Deployment, 'nonce'>, name: string): bigint => BigInt(hashJson({ ...(toJson(offer) as object), name }).slice(0, 34))

/** Looks whether the name is free before the fee is paid. */
async function checkName({ node }: Session, name: string | undefined, id: Hex): Promise<void> {
  if (name === undefined) return
  const other = (await node.deployments()).find((d) => d.model.endsWith(`:${name}`) && d.id !== id)
  if (other) fail('NAME_TAKEN', `another deployment is served as ${other.model}`, { field: '--name', fix: 'choose another name with --name' })
}

/**
 * Puts a model on offer: signs its terms, pays the deployment fee on the chain, and has the node serve it. Repeated with the same terms,
 * it changes nothing.
 * @throws InputError NOT_PUBLISHED, UNKNOWN_ADAPTER, UNKNOWN_BASE, BAD_SPLIT, NOT_MODEL_OWNER, NAME_TAKEN
 */
export async function deploy(session: Session, input: DeployInput): Promise<Deployed> {
  const { account, writer } = await session.actor(input.owner)
  const { split, name, ...terms } = await offerOf(session, input)
  const parts = [split.nodePpm, split.ownerPpm, split.stakersPpm, split.contributorsPpm]
  if (parts.reduce((a, b) => a + b, 0) !== wholePpm) fail('BAD_SPLIT', `the split sums to ${parts.reduce((a, b) => a + b, 0)} ppm, not to 1,000,000`, { field: '--split', fix: 'give four parts that sum to 100 %' })
  const { inputPrice, outputPrice } = input
  const offer = { owner: account.address, inputPrice, outputPrice, ...split, ...terms }
  const deployment: Deployment = { ...offer, nonce: nonceOf(offer, name ?? '') }
  const { chainId, contracts } = session.network
  const signature = await signStatement(account, statementDomain(chainId, contracts.models), 'Deployment', deployment)
  const id = deploymentId(deployment)
  await checkName(session, name, id)
  const isNew = !(await readDeployment(writer, id))
  if (isNew) await deployModel(writer, deployment, signature)
  const { model } = await session.node.deploy(toJson(deployment), signature, name)
  return { deploymentId: id, model, isNew }
}
