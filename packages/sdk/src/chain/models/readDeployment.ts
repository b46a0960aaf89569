import { modelsAbi, zeroHash, type Deployment, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

export type DeploymentState = {
  /** The owner's statement; its `adapterId` is the base's id for the bare base. */
  deployment: Deployment
  baseId: Hex
  /** Zero for the bare base, as in receipts. */
  adapterId: Hex
  active: boolean
  /** Unix seconds. */
  deployedAt: bigint
}

/** A deployment's terms; null when the chain does not know it. */
export async function readDeployment(reader: LedgerReader, deploymentId: Hex): Promise<DeploymentState | null> {
  const { active, deployedAt, baseId, ...terms } = await readLedger(reader, 'deployment', (client) =>
    client.readContract({ address: reader.addresses.models, abi: modelsAbi, functionName: 'getDeployment', args: [deploymentId] }),
  )
  if (deployedAt === 0n) return null
  const { adapterId } = terms
  return { deployment: { ...terms, adapterId: adapterId === zeroHash ? baseId : adapterId }, baseId, adapterId, active, deployedAt }
}
