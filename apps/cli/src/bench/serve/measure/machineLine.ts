import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

export type Machine = { processor: string; cores: number; memoryBytes: number; load: number; node: string; platform: string }

/** What a figure was measured on. */
export function readMachine(): Machine {
  return { processor: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism(), memoryBytes: totalmem(), load: loadavg()[0] ?? 0, node: process.versions.node, platform: `${process.platform} ${process.arch}` }
}

/** One line for people. */
export function machineLine({ processor, cores, memoryBytes, load, node, platform }: Machine): string {
  return `${processor}, ${cores} cores, ${Math.round(memoryBytes / 2 ** 30)} GiB, load ${load.toFixed(1)}, Node.js ${node}, ${platform}`
}
