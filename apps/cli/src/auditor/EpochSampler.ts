import { EpochTrees, maxOpenedTokens, OpenLedgerError } from '@openledger/protocol'
import { announceDraw, drawnReceipts, findPostedEpochs, readDraw, sampleReceipt, takeDrawSeed, type PostedEpoch } from '@openledger/sdk'
import type { AuditorParts } from './AuditorParts.ts'

/** Somebody else was faster, or the epoch fell or closed meanwhile. */
const passed = ['ALREADY_ANNOUNCED', 'ALREADY_TRIED', 'EPOCH_NOT_OPEN', 'WINDOW_CLOSED', 'SEED_AHEAD']
const codeOf = (error: unknown): string => (error instanceof OpenLedgerError ? error.code : '')

/** Has the beacon draw among the receipts of each new epoch, and calls upon the nodes of those that it drew. */
export class EpochSampler {
  readonly #parts: Pick<AuditorParts, 'writer' | 'epochFile' | 'say'>
  readonly #open = new Map<string, PostedEpoch>()

  constructor(parts: Pick<AuditorParts, 'writer' | 'epochFile' | 'say'>) {
    this.#parts = parts
  }

  /** Looks at the epochs that were posted in a range of blocks, and again at those that are not done. @param now the chain's time, Unix seconds */
  async look(fromBlock: bigint, toBlock: bigint, now: number): Promise<void> {
    for (const epoch of await findPostedEpochs(this.#parts.writer, fromBlock, toBlock)) this.#open.set(epoch.epochHash, epoch)
    for (const [key, epoch] of this.#open) {
      try {
        if (Number(epoch.header.finalAt) <= now || (await this.#sample(epoch))) this.#open.delete(key)
      } catch (error) {
        if (codeOf(error) === 'EPOCH_NOT_OPEN') this.#open.delete(key)
        else this.#parts.say(`epoch ${epoch.header.index}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }

  /** @returns whether nothing is left to do about the epoch */
  async #sample(epoch: PostedEpoch): Promise<boolean> {
    const { writer, epochFile, say } = this.#parts
    const { gateway, header, epochHash } = epoch
    const draw = await readDraw(writer, epochHash)
    if (draw === null) {
      await this.#orPassed(() => announceDraw(writer, gateway, header))
      say(`epoch ${header.index}: its draw is announced`)
      return false
    }
    if (draw.seed === null) {
      await this.#orPassed(() => takeDrawSeed(writer, epochHash))
      return false
    }
    const file = await epochFile(gateway, Number(header.index))
    if (file === undefined) {
      say(`epoch ${header.index}: its file is not to be had; demand an entry with: openledger accuse --epoch ${header.index} --receipt 0`)
      return false
    }
    const trees = new EpochTrees(file)
    const drawn = new Set(drawnReceipts(draw, file.receipts.map(({ id }) => id)))
    for (const [place, { id, receipt }] of file.receipts.entries()) {
      if (!drawn.has(id) || receipt.statement.inputTokens + receipt.statement.outputTokens > maxOpenedTokens) continue
      await this.#orPassed(() => sampleReceipt(writer, { gateway, epoch: header, opening: trees.receipt(place), receipt }))
    }
    say(`epoch ${header.index}: ${drawn.size} of ${file.receipts.length} receipts were drawn`)
    return true
  }

  async #orPassed(call: () => Promise<unknown>): Promise<void> {
    try {
      await call()
    } catch (error) {
      if (codeOf(error) === 'EPOCH_NOT_OPEN' || !passed.includes(codeOf(error))) throw error
    }
  }
}
