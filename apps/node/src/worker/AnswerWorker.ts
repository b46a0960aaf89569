import type { ServedResult } from '@openledger/engine'
import { tokenHash, type Hex, type Network } from '@openledger/protocol'
import type { Address } from 'viem'
import type { Clock } from '../config/Clock.ts'
import type { RunFacts } from '../deployments/TrainingWeights.ts'
import type { LoadedEngine } from '../engine/Engine.ts'
import type { AnswerOrder, NodeAnswer, OrderOptions } from './AnswerOrder.ts'
import { buildReceipt } from './buildReceipt.ts'
import type { HeldAdapters } from './HeldAdapters.ts'
import { openAttribution } from './openAttribution.ts'
import type { ReceiptSigner, SignedReceipt } from './ReceiptSigner.ts'

/** A place among the answers that wait for their attribution. Exactly one of its two ends is called. */
type Place = { take(job: { receiptId: Hex; deadline: number }): void; release(): void }

/** A receipt with what its attribution will need. */
export type KeptReceipt = SignedReceipt & { order: AnswerOrder; answer: readonly number[]; deadline: number | null }

export type AnswerWorkerParts = {
  network: Network
  node: Address
  serving: LoadedEngine
  adapters: HeldAdapters
  signer: ReceiptSigner
  /** Where answers wait for their attribution. @throws UnavailableError ATTRIBUTION_BEHIND */
  places: { reserve(): Place }
  /** Keeps a receipt for good before anybody sees it. */
  keep: (receipt: KeptReceipt) => Promise<void>
  /** Told of a receipt that was not recorded. */
  discard?: (receipt: SignedReceipt) => void
  clock: Clock
}

/** A node's work: orders in, tokens and a signed receipt out. Who may give orders is for its caller to know. */
export class AnswerWorker {
  readonly #parts: AnswerWorkerParts

  constructor(parts: AnswerWorkerParts) {
    this.#parts = parts
  }

  /**
   * Computes an answer and signs its receipt.
   * @throws UnavailableError ATTRIBUTION_BEHIND, OVERLOADED and others of the engine; InputError CONTINUATION_DIFFERS, CANCELLED; errors of HeldAdapters.ready and of `keep`
   */
  async answer(order: AnswerOrder, { onToken, signal }: OrderOptions): Promise<NodeAnswer> {
    const { adapters, clock, places } = this.#parts
    const { adapterId, manifest } = order
    const place = adapterId === null ? null : places.reserve()
    try {
      if (adapterId !== null && manifest !== null) await adapters.ready(adapterId, manifest)
      const result = await this.#generate(order, { onToken, signal })
      const deadline = Math.ceil(clock.now() / 1000) + order.attributionSeconds
      return await this.#seal(order, { result, facts: manifest === null ? null : await adapters.facts(manifest), deadline, place })
    } catch (error) {
      place?.release()
      throw error
    }
  }

  #generate({ adapterId, promptTokens, sampling, answered, logprobs, topLogprobs, scheduling, channelId }: AnswerOrder, { onToken, signal }: OrderOptions): Promise<ServedResult> {
    const { engine } = this.#parts.serving
    const { logitsHashes } = engine.capabilities
    const request = { ...scheduling, payer: channelId, adapterId, promptTokens, sampling, logprobs, topLogprobs, logitsHashes }
    return engine.generate(answered.length === 0 ? request : { ...request, answered }, { onToken, signal })
  }

  async #seal(order: AnswerOrder, { result, facts, deadline, place }: { result: ServedResult; facts: RunFacts | null; deadline: number; place: Place | null }): Promise<NodeAnswer> {
    const { network, node, serving, signer, clock, keep, discard } = this.#parts
    const { salt } = order
    const attribution = openAttribution(facts?.weights ?? [], result.tokens.length, deadline)
    const { receipt, shares } = buildReceipt({
      ...order,
      baseId: serving.info.id,
      snapshotIds: facts?.snapshotIds ?? [],
      node,
      treasury: network.treasury,
      stakers: network.contracts.stakes,
      outputHash: tokenHash(salt, result.tokens),
      result,
      profileHash: serving.info.profileHash,
      attribution,
      time: Math.floor(clock.now() / 1000),
    })
    const signed = await signer.sign(receipt, (kept) => keep({ ...kept, order, answer: result.tokens, deadline: attribution.deadline }))
    const close = (recorded: boolean): void => {
      if (recorded && attribution.deadline !== null) place?.take({ receiptId: signed.id, deadline: attribution.deadline })
      else place?.release()
      if (!recorded) discard?.(signed)
    }
    return { result, profile: serving.info.profile, receipt: signed, shares, contributors: attribution.contributors, deadline: attribution.deadline, close }
  }
}
