import { zeroHash, type Hex, type Receipt } from '@openledger/protocol'
import type { ChainView } from '../chain/ChainView.ts'
import { falseClaim } from '../report/Auditor.ts'

/** An answer that was accepted before a freeze is signed when it ends: what is signed so long after the freeze was accepted after it. Seconds. */
const longestAnswer = 600n

const date = (seconds: bigint): string => new Date(1000 * Number(seconds)).toISOString()

type Sold = Pick<Receipt, 'adapterId' | 'deploymentId' | 'time'>
export type Sales = Pick<ChainView, 'adapter' | 'deployment' | 'freezeAt'>

/** What the chain says of the sale of one deployment's answers. */
export type SaleTerms = { freezeAt: bigint | null; isPaidUseAllowed: boolean; isPriced: boolean }

/** Reads by what terms a deployment of an adapter sells its answers; what the chain does not know forbids nothing, and is the matter of other checks. */
export async function readSaleTerms({ adapterId, deploymentId }: Pick<Sold, 'adapterId' | 'deploymentId'>, chain: Sales): Promise<SaleTerms> {
  const [freezeAt, adapter, deployment] = await Promise.all([chain.freezeAt(adapterId), chain.adapter(adapterId), chain.deployment(deploymentId)])
  return { freezeAt, isPaidUseAllowed: adapter?.isPaidUseAllowed ?? true, isPriced: deployment !== null && (deployment.inputPrice !== 0n || deployment.outputPrice !== 0n) }
}

/** Fails for an answer of an adapter that was frozen, or that nobody may sell. @param what how the answer is called */
export function expectSaleAllowed(what: string, { adapterId, deploymentId, time }: Sold, { freezeAt, isPaidUseAllowed, isPriced }: SaleTerms): void {
  if (freezeAt !== null && time >= freezeAt + longestAnswer) {
    falseClaim(`${what} was given at ${date(time)} by adapter ${adapterId}, which was frozen from ${date(freezeAt)} on: contributors had withdrawn their consent`)
  }
  if (isPriced && !isPaidUseAllowed) falseClaim(`${what} was sold by deployment ${deploymentId}, but the contributors of adapter ${adapterId} do not allow the sale of its answers`)
}

/** Checks that an answer was given while its adapter's contributors allowed it, and sold only where they allow that. */
export async function checkSale(statement: Sold, chain: Sales): Promise<string> {
  if (statement.adapterId === zeroHash) return 'the bare base has no contributors'
  const terms = await readSaleTerms(statement, chain)
  expectSaleAllowed('the answer', statement, terms)
  return terms.freezeAt === null ? 'nothing freezes the adapter' : `accepted before the adapter was frozen at ${date(terms.freezeAt)}`
}

/** Checks that an epoch pays for no answer that might not be given or sold; the chain is asked once for each deployment. */
export async function checkSales(receipts: readonly { id: Hex; receipt: { statement: Sold } }[], chain: Sales): Promise<string> {
  const known = new Map<string, SaleTerms>()
  for (const { id, receipt: { statement } } of receipts) {
    if (statement.adapterId === zeroHash) continue
    const key = `${statement.adapterId} ${statement.deploymentId}`
    const terms = known.get(key) ?? (await readSaleTerms(statement, chain))
    known.set(key, terms)
    expectSaleAllowed(`receipt ${id}`, statement, terms)
  }
  return `${known.size} deployments of adapters, none frozen or sold against its terms`
}
