import { encodeFunctionData, isAddressEqual, parseEventLogs } from 'viem'
import { modelsAbi, type Deployment, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'
import { readParameters } from '../parameters/readParameters.ts'
import { ensureWopen } from '../wopen/ensureWopen.ts'

/**
 * Puts a model on offer by its owner's signature and pays the deployment fee. When the owner is the sender, the fee is wrapped and
 * approved on the way; when somebody else brings the signature, the owner must have approved the fee for Models.
 * @param deployment `adapterId` is an adapter's id, or a base's id for the bare base
 * @returns the deployment's id
 */
export async function deployModel(writer: LedgerWriter, deployment: Deployment, signature: Hex): Promise<Hex> {
  const { models } = writer.addresses
  if (isAddressEqual(deployment.owner, writer.walletClient.account.address)) {
    const { deploymentFee } = await readParameters(writer)
    if (deploymentFee > 0n) await ensureWopen(writer, models, deploymentFee)
  }
  const data = encodeFunctionData({ abi: modelsAbi, functionName: 'deploy', args: [deployment, signature] })
  const { logs } = await sendCall(writer, { name: 'deployment', to: models, data })
  return onlyEvent(parseEventLogs({ abi: modelsAbi, eventName: 'Deployed', logs }), 'Deployed').args.deploymentId
}
