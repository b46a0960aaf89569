/** Reads server-sent events: the data of each, in order. Comments and other fields are passed over. The reader is released at the end. */
export async function* serverEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let held = ''
  let data: string[] = []
  try {
    for (;;) {
      const { value, done } = await reader.read()
      held += done ? decoder.decode() : decoder.decode(value, { stream: true })
      const lines = held.split(/\r?\n/)
      held = lines.pop() ?? ''
      for (const line of lines) {
        if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5))
        else if (line === '' && data.length > 0) {
          yield data.join('\n')
          data = []
        }
      }
      if (done) return
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
