import { balanceLeaf, OrderedTree, type Hex } from '@openledger/protocol'
import type { BalanceView } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Query } from '../database/Database.ts'
import type { Names } from '../keys/Names.ts'
import { readBalances } from '../settlement/epochTables.ts'
import { listEpochs } from './epochViews.ts'

type Tree = { root: Hex; tree: OrderedTree; places: Map<string, { position: number; cumulative: bigint }> }

/** What payees have earned, and the proofs with which they claim it. Keeps the tree of the newest final epoch. */
export class Balances {
  readonly #query: Query
  readonly #gateway: Address
  readonly #names: Names
  #final: Tree | undefined

  constructor(query: Query, gateway: Address, names: Names) {
    this.#query = query
    this.#gateway = gateway.toLowerCase() as Address
    this.#names = names
  }

  /** Every payee's balance, by address. */
  async list(nowSeconds: number): Promise<BalanceView[]> {
    const { latest } = await this.#epochs(nowSeconds)
    if (latest === undefined) return []
    const payees = await this.#query<{ payee: Address }>(`select payee from epoch_balances where gateway = $1 and epoch = $2 order by position`, [this.#gateway, latest])
    const views: BalanceView[] = []
    for (const { payee } of payees) views.push(await this.read(payee, nowSeconds))
    return views
  }

  /** One payee's balance; all zero for one who has earned nothing. */
  async read(payee: Address, nowSeconds: number): Promise<BalanceView> {
    const key = payee.toLowerCase() as Address
    const { latest, final } = await this.#epochs(nowSeconds)
    const earned = latest === undefined ? 0n : await this.#cumulative(key, latest)
    const place = final && (await this.#tree(final.index, final.balancesRoot)).places.get(key)
    const settled = place?.cumulative ?? 0n
    const [claims] = await this.#query<{ claimed: string | null }>(
      `select max((args->>'cumulative')::numeric)::text as claimed from chain_events where name = 'Epochs.Claimed' and args->>'payee' = $1 and args->>'gateway' = $2`,
      [key, this.#gateway],
    )
    const claimed = BigInt(claims?.claimed ?? 0)
    const claim = final && place ? { gateway: this.#gateway, index: final.index, cumulative: settled.toString(), proof: this.#final!.tree.prove(place.position) } : null
    return {
      payee: key,
      name: await this.#names.of(key),
      final: settled.toString(),
      pending: (earned > settled ? earned - settled : 0n).toString(),
      claimed: claimed.toString(),
      claimable: (settled > claimed ? settled - claimed : 0n).toString(),
      claim,
    }
  }

  async #epochs(nowSeconds: number): Promise<{ latest: number | undefined; final: { index: number; balancesRoot: Hex } | undefined }> {
    const epochs = await listEpochs(this.#query, this.#gateway, nowSeconds)
    return { latest: epochs[0]?.index, final: epochs.find((epoch) => epoch.final) }
  }

  async #cumulative(payee: Address, epoch: number): Promise<bigint> {
    const [row] = await this.#query<{ cumulative: string }>(`select cumulative::text from epoch_balances where gateway = $1 and epoch = $2 and payee = $3`, [this.#gateway, epoch, payee])
    return BigInt(row?.cumulative ?? 0)
  }

  async #tree(index: number, root: Hex): Promise<Tree> {
    if (this.#final?.root === root) return this.#final
    const balances = await readBalances(this.#query, this.#gateway, index)
    const places = new Map(balances.map(({ payee, cumulative }, position) => [payee as string, { position, cumulative }]))
    this.#final = { root, tree: new OrderedTree(balances.map(balanceLeaf)), places }
    return this.#final
  }
}
