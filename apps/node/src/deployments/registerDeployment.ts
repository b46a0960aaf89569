import { deploymentId, fail, readArtefact, runManifestSchema, statementDomain, toJson, verifyStatement, type Deployment, type Hex, type Json, type Network } from '@openledger/protocol'
import type { Address } from 'viem'
import { methodHash, readInfluenceTable, tableCommitment } from '@openledger/attribution'
import type { ContentStore } from '@openledger/datanet'
import type { ChainAccess } from '../chain/ChainAccess.ts'
import type { Query } from '../database/Database.ts'
import type { Ledger } from '../ledger/Ledger.ts'

export type DeploymentParts = { network: Network; chain: ChainAccess; query: Query; ledger: Ledger; content: ContentStore; base: { id: Hex; name: string } }

async function modelName({ query, base }: DeploymentParts, adapterId: Hex, wanted: string | undefined): Promise<string> {
  if (adapterId === base.id) return base.name
  const [run] = await query<{ name: string }>(`select name from runs where adapter_id = $1 and manifest is not null limit 1`, [adapterId])
  if (!run) return fail('UNKNOWN_ADAPTER', 'this node has not published that adapter', { status: 404, field: 'statement.adapterId', fix: 'publish the run that made it to this node first' })
  const slug = wanted ?? run.name
  if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(slug)) fail('BAD_NAME', 'a model name has lower-case letters, digits, dots, underscores and hyphens, 63 at most', { field: 'name' })
  return `${base.name}:${slug}`
}

/** Refuses a deployment of other evidence than the adapter's: its node would be held to a table that it does not use. */
async function checkEvidence({ query, content, base }: DeploymentParts, { adapterId, tableHash, methodHash: method }: Deployment): Promise<void> {
  if (adapterId === base.id) return
  const [run] = await query<{ manifest: string }>(`select manifest from runs where adapter_id = $1 and manifest is not null limit 1`, [adapterId])
  if (!run) return
  const { influenceTable } = readArtefact(runManifestSchema, await content.get(run.manifest))
  const table = readInfluenceTable(await content.get(influenceTable))
  const { root } = tableCommitment(table)
  if (root !== tableHash) fail('WRONG_TABLE', `the adapter's influence table has root ${root}`, { field: 'statement.tableHash', fix: 'sign the deployment with this root' })
  if (methodHash(table.method) !== method) fail('WRONG_METHOD', `the adapter's influence was found by ${table.method}`, { field: 'statement.methodHash', fix: `sign the deployment with ${methodHash(table.method)}` })
}

/**
 * Serves a deployment that its owner signed and the chain has registered. The same again changes nothing.
 * @returns its id and the name it is served under
 * @throws ProofError BAD_SIGNATURE; InputError NOT_DEPLOYED, UNKNOWN_ADAPTER, BAD_NAME, NAME_TAKEN, WRONG_TABLE, WRONG_METHOD
 */
export async function registerDeployment(parts: DeploymentParts, deployment: Deployment, signature: Hex, wanted?: string): Promise<{ id: Hex; model: string }> {
  const { network, chain, query, ledger } = parts
  await verifyStatement(statementDomain(network.chainId, network.contracts.models), 'Deployment', deployment, signature, deployment.owner)
  const id = deploymentId(deployment)
  const [known] = await query<{ model: string }>(`select model from deployments where id = $1`, [id])
  if (known) return { id, model: known.model }
  if (!(await chain.deployment(id))) fail('NOT_DEPLOYED', 'the chain knows no such deployment', { status: 409, fix: 'register it on the chain first; when the transaction is in a block, send the statement again' })
  const model = await modelName(parts, deployment.adapterId, wanted)
  await checkEvidence(parts, deployment)
  const [taken] = await query(`select id from deployments where model = $1`, [model])
  if (taken) fail('NAME_TAKEN', `another deployment is served as ${model}`, { status: 409, field: 'name', fix: 'choose another name' })
  const owner = deployment.owner.toLowerCase() as Address
  await ledger.record('deployment', { id, model, adapterId: deployment.adapterId, owner, statement: toJson(deployment) as Json, signature })
  return { id, model }
}
