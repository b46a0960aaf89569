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
    return c.body(null, 200, { [directMark]: '1', ...headers })
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

/** A piece of a body as a chunk of HTTP/1.1 (RFC 9112, 7.1). */
const chunkOf = (piece: string): string => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`
const lastChunk = '0\r\n\r\n'

/** Has chunks framed here, where the head that was written promises them: Node.js gives the socket each of them in four parts. */
function takeOverChunks(outgoing: ServerResponse): boolean {
  if (!outgoing.chunkedEncoding) return false
  outgoing.chunkedEncoding = false
  return true
}

async function writeTo(outgoing: ServerResponse, pieces: AsyncGenerator<string>, cancel: () => void): Promise<void> {
  let drained: () => void = () => undefined
  outgoing.on('drain', () => drained())
  outgoing.once('close', () => {
    drained()
    if (!outgoing.writableFinished) cancel()
  })
  const isChunked = takeOverChunks(outgoing)
  try {
    for (;;) {
      const { value, done } = await pieces.next()
      if (done || outgoing.destroyed) break
      // A chunk of nothing would be the last one.
      if (value === '') continue
      if (!outgoing.write(isChunked ? chunkOf(value) : value)) await new Promise<void>((resolve) => (drained = resolve))
    }
    outgoing.end(isChunked ? lastChunk : undefined)
  } catch (error) {
    outgoing.destroy(error as Error)
  }
}
