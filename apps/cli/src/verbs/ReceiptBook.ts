import { fail, promiseFileSchema, readArtefact, receiptBundleSchema, writeArtefact, type Hex, type PromiseFile, type ReceiptBundle } from '@openledger/protocol'
import { KeptFiles } from '../context/KeptFiles.ts'

/** The receipt bundles of this folder's payers, in files named by the receipt's id. */
export class ReceiptBook {
  readonly #files: KeptFiles

  constructor(folder: string) {
    this.#files = new KeptFiles(folder)
  }

  async keep(id: Hex, bundle: Uint8Array): Promise<void> {
    await this.#files.write(`${id}.json`, bundle)
  }

  /** The bytes of a bundle; undefined when it is not kept. */
  read(id: Hex): Promise<Uint8Array | undefined> {
    return this.#files.read(`${id}.json`)
  }

  /** Keeps the gateway's promise to settle a receipt, unless an earlier date is kept. */
  async keepPromise(promise: PromiseFile): Promise<void> {
    const { receiptId, includeBy } = promise.statement
    const kept = await this.promise(receiptId)
    if (kept && kept.statement.includeBy <= includeBy) return
    await this.#files.write(`${receiptId}.promise.json`, writeArtefact(promise))
  }

  /** The gateway's promise to settle a receipt; undefined when none is kept. Fails with BAD_ARTEFACT. */
  async promise(id: Hex): Promise<PromiseFile | undefined> {
    const bytes = await this.#files.read(`${id}.promise.json`)
    return bytes && readArtefact(promiseFileSchema, bytes)
  }

  /** The fee of a kept receipt; undefined when it is not kept or cannot be read. */
  async feeOf(id: Hex): Promise<bigint | undefined> {
    return (await this.#statement(id))?.fee
  }

  /** The ids of the kept receipts, sorted. */
  async ids(): Promise<Hex[]> {
    return (await this.#files.names()).flatMap((name) => /^(0x[0-9a-f]{64})\.json$/.exec(name)?.[1] as Hex | undefined ?? [])
  }

  /** The one kept receipt whose id begins like this; undefined when there is none. Fails with AMBIGUOUS_ID. */
  async find(prefix: string): Promise<Hex | undefined> {
    return onlyMatch(await this.ids(), prefix)
  }

  /** The fees of the kept receipts of one channel, by receipt. Files that cannot be read are passed over. */
  async feesOf(channelId: Hex): Promise<Map<Hex, bigint>> {
    const fees = new Map<Hex, bigint>()
    for (const id of await this.ids()) {
      const receipt = await this.#statement(id)
      if (receipt?.channelId === channelId) fees.set(id, receipt.fee)
    }
    return fees
  }

  async #statement(id: Hex): Promise<ReceiptBundle['receipt']['statement'] | undefined> {
    try {
      return readArtefact(receiptBundleSchema, (await this.read(id)) ?? '').receipt.statement
    } catch {
      return undefined
    }
  }
}

/** The one id that begins with `prefix`; undefined when none does. Fails with AMBIGUOUS_ID when several do. */
export function onlyMatch(ids: readonly Hex[], prefix: string): Hex | undefined {
  const wanted = prefix.toLowerCase()
  const matches = [...new Set(ids.filter((id) => id.startsWith(wanted)))]
  if (matches.length > 1) fail('AMBIGUOUS_ID', `${matches.length} ids begin with ${prefix}`, { fix: 'give more of its digits' })
  return matches[0]
}
