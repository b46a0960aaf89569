import type { ServerResponse } from 'node:http'
import type { Context } from 'hono'

/** Where a handler leaves a body that a server of Node.js writes itself, once the head of the response is known. */
export type DirectBody = { body?: StreamedText }
export type StreamedText = {
  /** Writes the body and ends the response. Call it once, after the head was written. */
  write(outgoing: ServerResponse): Promise<void>
  /** Gives up a body that is not written. */
  cancel(): void
}

/** In the head of a response whose body lies in DirectBody. */
export const directMark = 'x-openledger-direct'

/**
 * A response whose body is text that is still being made. A server that says so with `direct` writes it straight to its socket: pumping it through a web stream costs
 * several times as much.
 * @param pieces asked for the next piece when the last was taken; ended by `return` when the client leaves
 * @param onGone told when the client leaves
 */
export function streamText(c: Context, pieces: AsyncGenerator<string>, headers: Record<string, string>, onGone: () => void): Response {
  const cancel = (): void => {
    onGone()
    void pieces.return(undefined)
  }
  const { direct } = ((c.env as unknown) ?? {}) as { direct?: DirectBody }
  if (direct) {
    direct.body = { write: (outgoing) => writeTo(outgoing, pieces, cancel), cancel }
    return c.body(null, 200, { ...headers, [directMark]: '1' })
  }
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    cancel,
  })
  return c.body(body, 200, headers)
}

async function writeTo(outgoing: ServerResponse, pieces: AsyncGenerator<string>, cancel: () => void): Promise<void> {
  let drained: () => void = () => undefined
  outgoing.on('drain', () => drained())
  outgoing.once('close', () => {
    drained()
    if (!outgoing.writableFinished) cancel()
  })
  try {
    for (;;) {
      const { value, done } = await pieces.next()
      if (done || outgoing.destroyed) break
      if (!outgoing.write(value)) await new Promise<void>((resolve) => (drained = resolve))
    }
    outgoing.end()
  } catch (error) {
    outgoing.destroy(error as Error)
  }
}
