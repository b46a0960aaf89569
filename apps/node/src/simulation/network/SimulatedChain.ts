import { OrderedTree, UnavailableError, balanceLeaf, readArtefact, epochFileSchema, type Hex } from '@openledger/protocol'
import type { NewEpoch } from '@openledger/sdk'
import type { Address } from 'viem'
import type { ChannelOnChain } from '../../payments/ChannelState.ts'
import type { GatewayChain } from '../../settlement/GatewayChain.ts'
import type { SeededRandom } from '../time/seededRandom.ts'
import type { SimulatedClock } from '../time/SimulatedClock.ts'
import type { SimulatedProcess } from './SimulatedProcess.ts'

type State = { collected: Map<Hex, bigint>; posted: NewEpoch[] }

const deposit = 10n ** 18n
const fullStake = 100n
/** What happened longer ago is never undone. */
const reorgMs = 6000

/** The rules of the contracts as far as nodes and gateway need them, with calls that take time, get lost before or after they took effect, and blocks that are undone. */
export class SimulatedChain {
  /** Part of calls that fail. */
  faults = 0
  reorgs = 0
  isAway = false
  readonly #clock: SimulatedClock
  readonly #random: SeededRandom
  readonly #payers: ReadonlyMap<Hex, Address>
  readonly #gateway: Address
  readonly #stakes = new Map<string, bigint>()
  /** The state before each transaction of late. */
  #history: { at: number; state: State }[] = []
  #state: State = { collected: new Map(), posted: [] }

  constructor({ clock, random, payers, gateway }: { clock: SimulatedClock; random: SeededRandom; payers: ReadonlyMap<Hex, Address>; gateway: Address }) {
    this.#clock = clock
    this.#random = random
    this.#payers = payers
    this.#gateway = gateway
  }

  get state(): Readonly<State> {
    return this.#state
  }

  get credited(): bigint {
    return [...this.#state.collected.values()].reduce((sum, amount) => sum + amount, 0n)
  }

  bond(node: Address): void {
    this.#stakes.set(node.toLowerCase(), fullStake)
  }

  slash(node: Address): void {
    this.#stakes.set(node.toLowerCase(), 0n)
  }

  /** Undoes what happened in the last seconds. */
  reorg(): void {
    const since = this.#clock.now() - this.#random.whole(1000, reorgMs)
    const first = this.#history.findIndex(({ at }) => at > since)
    if (first < 0) return
    this.#state = copy(this.#history[first]!.state)
    this.#history.length = first
    this.reorgs += 1
  }

  async stake(process: SimulatedProcess, node: Address): Promise<{ bonded: bigint; isStaked: boolean }> {
    await this.#call(process)
    const bonded = this.#stakes.get(node.toLowerCase()) ?? 0n
    return { bonded, isStaked: bonded >= fullStake }
  }

  async channel(process: SimulatedProcess, id: Hex): Promise<ChannelOnChain | undefined> {
    await this.#call(process)
    const payer = this.#payers.get(id)
    return payer && { payer, gateway: this.#gateway, deposited: deposit, collected: this.#state.collected.get(id) ?? 0n, closed: false, thawing: false, prepaid: false }
  }

  /** What a gateway's process calls to settle. */
  of(process: SimulatedProcess): GatewayChain {
    return {
      nextIndex: () => this.#call(process).then(() => this.#state.posted.length),
      channel: async (id) => (await this.channel(process, id)) ?? null,
      postedRoot: (index) => this.#call(process).then(() => this.#state.posted[index]?.linesRoot ?? null),
      room: () => this.#call(process).then(() => deposit),
      collect: (vouchers) =>
        this.#act(process, () => {
          const rejected: { channelId: Hex; cumulative: bigint; code: string }[] = []
          for (const { channelId, cumulative } of vouchers) {
            if (cumulative > (this.#state.collected.get(channelId) ?? 0n) && cumulative <= deposit) this.#state.collected.set(channelId, cumulative)
            else rejected.push({ channelId, cumulative, code: 'NOT_RISING' })
          }
          return { total: 0n, collected: [], rejected }
        }),
      post: (epoch) =>
        this.#act(process, () => {
          if (Number(epoch.index) !== this.#state.posted.length) throw new UnavailableError('WRONG_INDEX', 'another epoch is next', { action: 'retry' })
          const committed = this.#state.posted.reduce((sum, { total }) => sum + total, 0n)
          if (committed + epoch.total > this.credited) throw new UnavailableError('TOTAL_ABOVE_CREDIT', 'more than was collected', { action: 'retry' })
          this.#state.posted.push(epoch)
        }),
    }
  }

  /** The balances that stand, from the file of the newest epoch, which must be the one that was posted. */
  balances(file: Uint8Array): Map<string, bigint> | string {
    const { balances } = readArtefact(epochFileSchema, file)
    if (new OrderedTree(balances.map(balanceLeaf)).root !== this.#state.posted.at(-1)?.balancesRoot) return 'the file of the newest epoch is not the one that was posted'
    return new Map(balances.map(({ payee, cumulative }) => [payee.toLowerCase(), cumulative]))
  }

  async #call(process: SimulatedProcess): Promise<void> {
    await process.clock.sleep(this.#random.whole(2, 60))
    if (this.isAway || this.#random.chance(this.faults)) throw away()
  }

  /** A transaction: it may take effect although its sender never hears of it. */
  async #act<T>(process: SimulatedProcess, effect: () => T): Promise<T> {
    await this.#call(process)
    const before = copy(this.#state)
    const result = effect()
    this.#history.push({ at: this.#clock.now(), state: before })
    this.#history = this.#history.filter(({ at }) => at > this.#clock.now() - 2 * reorgMs)
    await process.clock.sleep(this.#random.whole(2, 400))
    if (this.#random.chance(this.faults)) throw away()
    return result
  }
}

const copy = ({ collected, posted }: State): State => ({ collected: new Map(collected), posted: [...posted] })
const away = (): UnavailableError => new UnavailableError('CHAIN_AWAY', 'the chain does not answer', { action: 'retry' })
