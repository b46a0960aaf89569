import type { Clock } from '../config/Clock.ts'
import { LinkFault } from '../wire/LinkFault.ts'
import type { NodeLink } from '../links/NodeLink.ts'
import type { Alarms } from './Alarms.ts'

/** Notes that a token came, and ends the watch. */
export type SilenceWatch = { token(): void; end(): void }

/** Calls `stalled` when a node is silent for longer than its link allows. */
export function watchSilence(patience: NodeLink['patience'], clock: Clock, alarms: Alarms, stalled: (fault: LinkFault) => void): SilenceWatch {
  if (patience === null) return { token: () => undefined, end: () => undefined }
  let bound = patience.firstTokenMs
  let last = clock.now()
  const end = alarms.set({
    dueAt: () => last + bound,
    ring: () => {
      end()
      stalled(new LinkFault('NODE_STALLED', `the node was silent for ${bound} ms`))
    },
  })
  return {
    token: () => {
      last = clock.now()
      bound = patience.nextTokenMs
    },
    end,
  }
}
