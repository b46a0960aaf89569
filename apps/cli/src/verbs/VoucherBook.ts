import { readArtefact, signedVoucherSchema, writeArtefact, type Hex } from '@openledger/protocol'
import { KeptFiles } from '../context/KeptFiles.ts'

/** A payer's last word on a channel: what it has signed for in all. */
export type KeptVoucher = { channelId: Hex; cumulative: bigint; signature: Hex }

/** The last voucher of each channel, in files. A voucher is kept before it is sent, so that what was signed is never forgotten. */
export class VoucherBook {
  readonly #files: KeptFiles

  constructor(folder: string) {
    this.#files = new KeptFiles(folder)
  }

  /** The last voucher for a channel; undefined before the first. */
  async last(channelId: Hex): Promise<KeptVoucher | undefined> {
    const bytes = await this.#files.read(`${channelId}.json`)
    if (!bytes) return undefined
    const { statement, signature } = readArtefact(signedVoucherSchema, bytes)
    return { ...statement, signature }
  }

  /** Keeps a voucher, unless a higher one is kept. */
  async keep({ channelId, cumulative, signature }: KeptVoucher): Promise<void> {
    const last = await this.last(channelId)
    if (last && last.cumulative >= cumulative) return
    await this.#files.write(`${channelId}.json`, writeArtefact({ statement: { channelId, cumulative }, signature }))
  }
}
