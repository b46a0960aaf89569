import { readFileSync } from 'node:fs'

/** Clock ticks of /proc, which Linux fixes at 100 a second. */
const ticksMs = 10

/** Processor time that another process has used, milliseconds; 0 where the system does not say. */
export function processorMs(id: number): number {
  try {
    const fields = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) * ticksMs
  } catch {
    return 0
  }
}
