import { answerFee, deploymentId, statementDomain, verifyStatement, type Network, type ReceiptBundle } from '@openledger/protocol'
import type { ChainView } from '../chain/ChainView.ts'
import { expectEqual, falseClaim } from '../report/Auditor.ts'
import { isBareBase } from './checkOpenings.ts'

/** Checks the deployment that an answer was served under, and that the fee follows from its prices and the token counts. */
export async function checkDeployment(bundle: ReceiptBundle, chain: ChainView, network: Network): Promise<string> {
  const { statement, signature } = bundle.deployment
  const receipt = bundle.receipt.statement
  expectEqual('deployment id', receipt.deploymentId, deploymentId(statement))
  await verifyStatement(statementDomain(network.chainId, network.contracts.models), 'Deployment', statement, signature, statement.owner)
  const anchored = await chain.deployment(receipt.deploymentId)
  if (!anchored) return falseClaim(`the chain knows no deployment ${receipt.deploymentId}`)
  expectEqual('owner on chain', anchored.owner, statement.owner)
  expectEqual('model of the deployment', statement.adapterId, isBareBase(bundle) ? receipt.baseId : receipt.adapterId)
  expectEqual('fee', receipt.fee, answerFee(statement, receipt, bundle.platformFee))
  return `prices and token counts give the fee of ${receipt.fee}`
}
