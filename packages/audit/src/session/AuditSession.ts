import type { AuditedRun } from '../evidence/AuditedRun.ts'
import type { AuditEngine } from '../engine/AuditEngine.ts'
import type { CheckOutcome } from '../report/AuditReport.ts'
import type { Auditor } from '../report/Auditor.ts'

/**
 * What several audits have in common: one engine with one base model, and runs that were checked down to their records. An audit of many answers
 * of one adapter loads the model and checks the lineage once. Closed by its maker.
 */
export class AuditSession {
  #engine: { base: string; opened: Promise<AuditEngine> } | undefined
  readonly #runs = new Map<string, { run: AuditedRun; outcomes: readonly CheckOutcome[] }>()

  /**
   * The engine with a base model; one of another base is closed first.
   * @param base what names the weight file
   */
  async engine(base: string, open: () => Promise<AuditEngine>): Promise<AuditEngine> {
    if (this.#engine?.base !== base) {
      await this.close()
      const opened = open()
      this.#engine = { base, opened }
      opened.catch(() => (this.#engine = undefined))
    }
    return this.#engine!.opened
  }

  /**
   * A checked run. Known ones are not checked again: their outcomes go into the report once more.
   * @param key what names the run's manifest
   * @param check runs the checks with the auditor; its outcomes are kept unless a claim was false
   */
  async run(auditor: Auditor, key: string, check: () => Promise<AuditedRun>): Promise<AuditedRun> {
    const known = this.#runs.get(key)
    if (known) {
      auditor.repeat(known.outcomes)
      return known.run
    }
    const before = auditor.outcomes.length
    const run = await check()
    if (!auditor.failed) this.#runs.set(key, { run, outcomes: auditor.outcomes.slice(before) })
    return run
  }

  /** Ends the engine and forgets the runs, whose adapters it held. */
  async close(): Promise<void> {
    const engine = this.#engine
    this.#engine = undefined
    this.#runs.clear()
    const opened = await engine?.opened.catch(() => undefined)
    await opened?.close()
  }
}
