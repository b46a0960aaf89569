import type { AdapterUse } from '../forward/StepPlan.ts'
import type { AdapterLease, AdapterSource, WantedAdapter } from './Ticket.ts'

/** Borrows all adapters of a request, or none: holding some while waiting for others could block both sides for ever. */
export function leaseAdapters(source: AdapterSource, wanted: readonly WantedAdapter[]): { uses: AdapterUse[]; release: () => void } | null {
  const leases: AdapterLease[] = []
  const release = (): void => leases.splice(0).forEach((lease) => lease.release())
  try {
    for (const { adapterId } of wanted) {
      const lease = source.tryAcquire(adapterId)
      if (!lease) {
        release()
        return null
      }
      leases.push(lease)
    }
  } catch (error) {
    release()
    throw error
  }
  return { uses: wanted.map(({ weight }, index) => ({ adapter: leases[index]!.adapter, weight })), release }
}
