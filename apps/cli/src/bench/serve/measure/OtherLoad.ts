import { cpus } from 'node:os'
import { processorMs } from './processorMs.ts'

/** How much of the processor programs other than the measured ones use. */
export class OtherLoad {
  readonly #children: readonly number[]
  #start = { busy: 0, all: 0, own: 0 }

  /** @param children ids of processes that belong to the measurement */
  constructor(children: readonly number[] = []) {
    this.#children = children
    this.#start = this.#read()
  }

  /** The share of all cores that others have used since this was made, from 0 to 1; not a number right after. */
  share(): number {
    const now = this.#read()
    const others = now.busy - this.#start.busy - (now.own - this.#start.own)
    return Math.max(0, others / (now.all - this.#start.all))
  }

  #read(): { busy: number; all: number; own: number } {
    let [busy, all] = [0, 0]
    for (const { times } of cpus()) {
      const used = times.user + times.nice + times.sys + times.irq
      busy += used
      all += used + times.idle
    }
    const { user, system } = process.cpuUsage()
    return { busy, all, own: (user + system) / 1000 + this.#children.reduce((sum, id) => sum + processorMs(id), 0) }
  }
}
