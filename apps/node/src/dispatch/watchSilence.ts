import type { Clock } from '../config/Clock.ts'
import { LinkFault } from '../wire/LinkFault.ts'
import type { NodeLink } from '../links/NodeLink.ts'

/** Notes that a token came, and ends the watch. */
export type SilenceWatch = { token(): void; end(): void }

/** Calls `stalled` when a node is silent for longer than its link allows. */
export function watchSilence(patience: NodeLink['patience'], clock: Clock, stalled: (fault: LinkFault) => void): SilenceWatch {
  if (patience === null) return { token: () => undefined, end: () => undefined }
  const ended = new AbortController()
  let bound = patience.firstTokenMs
  let last = clock.now()
  const watch = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const left = last + bound - clock.now()
      if (left <= 0) return stalled(new LinkFault('NODE_STALLED', `the node was silent for ${bound} ms`))
      await clock.sleep(left, ended.signal)
    }
  }
  void watch()
  return {
    token: () => {
      last = clock.now()
      bound = patience.nextTokenMs
    },
    // Without a reason each abort makes an error with its stack.
    end: () => ended.abort('ended'),
  }
}
