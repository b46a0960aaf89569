import {
  answerFee,
  checkCompletion,
  deploymentId,
  findFalseOpening,
  hashJson,
  nodeCommitment,
  OrderedTree,
  ProofError,
  readArtefact,
  receiptBundleSchema,
  rootsInForce,
  shareLeaf,
  statementDigest,
  statementDomain,
  verifyStatement,
  type Hex,
  type Network,
  type ReceiptBundle,
} from '@openledger/protocol'
import { isAddressEqual, type Address } from 'viem'

/** What a payer knows of its own request, and holds the receipt against. */
export type Asked = {
  receiptId: Hex
  channelId: Hex
  gateway: Address
  /** What the platform may take of an answer, smallest unit. */
  platformFee: bigint
  /** What the payer agreed to at most, smallest unit; default: whatever follows from prices and counts. */
  mostFee?: bigint
  /** Absent when a receipt of an earlier, broken-off call is checked. */
  request?: { text: string; clientNonce: Hex; nodeCommitment: Hex; maxTokens: number | undefined; messages: readonly { role: string; content: string }[] }
}

const refuse = (what: string): never => {
  throw new ProofError('WRONG_RECEIPT', `the receipt does not hold: ${what}; nothing was signed for it`, { fix: 'keep the receipt as evidence and audit it; do not pay this node' })
}
const same = (what: string, claimed: unknown, found: unknown): void => {
  if (String(claimed).toLowerCase() !== String(found).toLowerCase()) refuse(what)
}

function checkOpenings(bundle: ReceiptBundle): void {
  const { receipt: { statement }, shares } = bundle
  const wrong = findFalseOpening(bundle)
  if (wrong) refuse(`its ${wrong.what} is ${wrong.claimed.slice(0, 80)}, the bundle opens to ${wrong.found.slice(0, 80)}`)
  same('its shares do not sum to the fee', statement.fee, shares.reduce((sum, s) => sum + s.amount, 0n))
  same('its share root is not that of the shares', rootsInForce(bundle).shareRoot, new OrderedTree(shares.map(shareLeaf)).root)
}

function checkOwnRequest({ request, answer }: ReceiptBundle, asked: NonNullable<Asked['request']>): void {
  same('its answer is not the text that came', answer.text, asked.text)
  same('its client nonce is not ours', request.clientNonce, asked.clientNonce)
  same('its part of the seed is not the one that the node had committed to', nodeCommitment(request.nodeSecret), asked.nodeCommitment)
  same('its conversation is not ours', hashJson(request.messages), hashJson(asked.messages.map(({ role, content }) => ({ role, content }))))
  if (asked.maxTokens !== undefined && answer.tokens.length > asked.maxTokens) refuse('its answer is longer than was asked for')
}

/**
 * Checks a receipt before it is paid: who signed it for which channel, what it opens to, whether its attribution (awaited or there) is the node's,
 * and that the fee follows from the deployment's
 * prices and the counts. What needs the model or the chain is left to the audit.
 * @returns the bundle
 * @throws ProofError WRONG_RECEIPT naming what is false, WRONG_ATTRIBUTION; BAD_SIGNATURE; InputError BAD_ARTEFACT
 */
export async function checkReceipt(bytes: Uint8Array, asked: Asked, network: Network): Promise<ReceiptBundle> {
  const bundle = readArtefact(receiptBundleSchema, bytes)
  const { statement, signature } = bundle.receipt
  const domain = statementDomain(network.chainId, network.contracts.epochs)
  if (bundle.domain.chainId !== network.chainId || !isAddressEqual(bundle.domain.verifyingContract, network.contracts.epochs)) refuse('it is for another ledger')
  same('its id is another', asked.receiptId, statementDigest(domain, 'Receipt', statement))
  await verifyStatement(domain, 'Receipt', statement, signature, statement.node)
  await checkCompletion(domain, bundle)
  same('it is for another channel', statement.channelId, asked.channelId)
  same('it is for another gateway', statement.gateway, asked.gateway)
  checkOpenings(bundle)
  const { deployment } = bundle
  same('it names another deployment than it shows', statement.deploymentId, deploymentId(deployment.statement))
  await verifyStatement(statementDomain(network.chainId, network.contracts.models), 'Deployment', deployment.statement, deployment.signature, deployment.statement.owner)
  if (bundle.platformFee > asked.platformFee) refuse('its platform fee is higher than the ledger allows')
  same('its fee does not follow from prices and counts', statement.fee, answerFee(deployment.statement, statement, bundle.platformFee))
  if (asked.request && asked.mostFee !== undefined && statement.fee > asked.mostFee) refuse('its fee is more than was agreed to')
  if (asked.request) checkOwnRequest(bundle, asked.request)
  return bundle
}
