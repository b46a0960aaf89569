import { buildClaim, buildDispute, findFaults, judge, type DisputeMaterial, type DisputeRequest } from '@openledger/audit'
import { court, disputeWorld, plantedFrauds } from '@openledger/audit/testing'
import { keccak, pendingAttributionRoot, signStatement, statementDigest, statementDomain, utf8, type DisputeBundle, type Hex, type Share } from '@openledger/protocol'
import { disputeCall } from '@openledger/sdk'
import { privateKeyToAccount } from 'viem/accounts'

/** One accusation as the call of the court, and what packages/protocol says of it. */
export type DisputeVector = { name: string; claim: string; proven: boolean; call: Hex }

const honestRequests: readonly DisputeRequest[] = [
  { name: 'inputs' },
  { name: 'split' },
  { name: 'score', atom: 2 },
  { name: 'dot-product', atom: 1, chunk: 0 },
  { name: 'dot-product', atom: 3, chunk: 2 },
  { name: 'answer-token', at: 3 },
  { name: 'span-words', span: 0, at: 4 },
  { name: 'span-words', span: 1, at: 0 },
  { name: 'span-source', span: 0 },
  { name: 'better-match', span: 1 },
  { name: 'record-owner', record: 3 },
  { name: 'suffix-order', rank: 3 },
  { name: 'suffix-order', rank: 200 },
]

const paidIn = ({ bundle }: DisputeMaterial): Share[] => bundle.shares.map(({ payee, amount }) => ({ payee, amount }))

function vectorOf(name: string, material: DisputeMaterial, claim: ReturnType<typeof buildClaim>): DisputeVector {
  return { name, claim: claim.name, proven: judge(material, claim).proven, call: disputeCall(buildDispute(material, claim), paidIn(material)) }
}

const node = privateKeyToAccount(keccak(utf8('node')))
const deadline = 1_700_000_600

/** The same accusation of a receipt that left its attribution open and an Attribution that closed it. */
async function completedLater(bundle: DisputeBundle): Promise<DisputeBundle> {
  const domain = statementDomain(court.chainId, court.epochs)
  const { attributionRoot, shareRoot } = bundle.receipt.statement
  const receipt = { ...bundle.receipt.statement, attributionRoot: pendingAttributionRoot(deadline), shareRoot: keccak(utf8('shares without attribution')) }
  const attribution = { receiptId: statementDigest(domain, 'Receipt', receipt), attributionRoot, shareRoot, queryHash: bundle.header.queryRoot, time: BigInt(deadline) }
  return {
    ...bundle,
    receipt: { statement: receipt, signature: await signStatement(node, domain, 'Receipt', receipt) },
    attributionDeadline: deadline,
    completion: { statement: attribution, signature: await signStatement(node, domain, 'Attribution', attribution) },
  }
}

/** Accusations of an honest attribution, and one for each fraud that is planted. */
export async function disputeVectors(): Promise<{ honest: DisputeVector[]; frauds: DisputeVector[]; later: DisputeVector[] }> {
  const world = await disputeWorld()
  const honest = honestRequests.map((request) => vectorOf(Object.values(request).join(' '), world, buildClaim(world, request)))
  const frauds: DisputeVector[] = []
  for (const [what, plant, name] of plantedFrauds) {
    const material = await disputeWorld(plant)
    const found = findFaults(material).find(({ claim }) => claim.name === name)?.claim
    frauds.push(vectorOf(what, material, found ?? buildClaim(material, name === 'dot-product' ? { name, atom: 2 } : { name })))
  }
  const later: DisputeVector[] = []
  for (const [what, material] of [['honest', world], ['split', await disputeWorld(plantedFrauds.find(([, , name]) => name === 'split')![1])]] as const) {
    const claim = buildClaim(material, { name: 'split' })
    later.push({ name: `${what}, attributed later`, claim: 'split', proven: judge(material, claim).proven, call: disputeCall(await completedLater(buildDispute(material, claim)), paidIn(material)) })
  }
  return { honest, frauds, later }
}
