import { fail, guaranteeFileSchema, readArtefact, statementDigest, statementDomain, writeArtefact, type GuaranteeFile, type Hex } from '@openledger/protocol'
import { KeptFiles } from '../context/KeptFiles.ts'
import { onlyMatch } from '../verbs/ReceiptBook.ts'

/** The id of a promise: the digest that its agent signed. */
export function guaranteeIdOf({ domain, guarantee }: Pick<GuaranteeFile, 'domain' | 'guarantee'>): Hex {
  return statementDigest(statementDomain(domain.chainId, domain.verifyingContract), 'Guarantee', guarantee.statement)
}

/** The promises of this folder's agents and clients, in files named by their ids. */
export class GuaranteeBook {
  readonly #files: KeptFiles

  constructor(folder: string) {
    this.#files = new KeptFiles(folder)
  }

  async keep(file: GuaranteeFile): Promise<void> {
    await this.#files.write(`${guaranteeIdOf(file)}.json`, writeArtefact(file))
  }

  /** A kept promise; undefined when there is none of this id. */
  async read(id: Hex): Promise<GuaranteeFile | undefined> {
    const bytes = await this.#files.read(`${id}.json`)
    return bytes && readArtefact(guaranteeFileSchema, bytes)
  }

  /** A promise by its id or the beginning of it; a whole id that is not kept is taken as it is. Fails with UNKNOWN_GUARANTEE, AMBIGUOUS_ID. */
  async find(prefix: string): Promise<Hex> {
    const ids = (await this.#files.names()).flatMap((name) => /^(0x[0-9a-f]{64})\.json$/.exec(name)?.[1] as Hex | undefined ?? [])
    const found = onlyMatch(ids, prefix) ?? (/^0x[0-9a-f]{64}$/i.test(prefix) ? (prefix.toLowerCase() as Hex) : undefined)
    return found ?? fail('UNKNOWN_GUARANTEE', `no promise begins with ${prefix.slice(0, 80)}`, { fix: 'give its whole id' })
  }
}
