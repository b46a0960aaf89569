import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { writeFileSafely } from '@openledger/files'
import type { Hex } from '@openledger/protocol'

/** How far the first run has come; written after each step, so that an interrupted run goes on where it was. */
export type FirstRunProgress = {
  datanetId?: string
  snapshotId?: Hex
  runId?: string
  model?: string
  receipts: Hex[]
  /** Set when everything is done. */
  verdict?: string
}

const fileName = 'first-run.json'

/** The state file of the first run in a data folder. */
export class FirstRunState {
  readonly #file: string
  progress: FirstRunProgress

  private constructor(file: string, progress: FirstRunProgress) {
    this.#file = file
    this.progress = progress
  }

  static async open(folder: string): Promise<FirstRunState> {
    const file = path.join(folder, fileName)
    const text = await readFile(file, 'utf8').catch(() => null)
    return new FirstRunState(file, text === null ? { receipts: [] } : (JSON.parse(text) as FirstRunProgress))
  }

  get done(): boolean {
    return this.progress.verdict !== undefined
  }

  /** Adds to the progress and keeps it on disk, whole or not at all. */
  async save(change: Partial<FirstRunProgress>): Promise<void> {
    this.progress = { ...this.progress, ...change }
    await writeFileSafely(this.#file, JSON.stringify(this.progress))
  }
}
