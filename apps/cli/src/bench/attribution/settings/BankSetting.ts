import type { AdapterRecipe } from '@openledger/engine'

/** A record and whose it is. */
export type BankRecord = { group: number; prompt: string; completion: string }

/** Everything that decides a bank of retrainings, but for the base model. */
export type BankSetting = {
  name: string
  about: string
  contributors: readonly string[]
  /** What is trained on. */
  records: readonly BankRecord[]
  /** Questions with answers that are not trained on; the group says whose they are. */
  held: readonly BankRecord[]
  /** Others of the same kind, on which dampings are chosen. */
  chosenOn: readonly BankRecord[]
  /** Questions that the tuned model answers itself. */
  asked: readonly BankRecord[]
  recipe: Partial<AdapterRecipe>
  /** Random coalitions of the bank, and of the smaller bank on which dampings are chosen. */
  coalitions: { bank: number; chosenOn: number; /** Share of contributors left out. */ without: number }
  /** Seeds of initial adapter and order: of the bank, and of the second run of the same. */
  seeds: readonly [number, number]
}
