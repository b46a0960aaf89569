/** Reads server-sent events from a response's body: the data of each event, in order. Comments and other fields are passed over. */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let held = ''
  let data: string[] = []
  for await (const chunk of body) {
    held += decoder.decode(chunk, { stream: true })
    const lines = held.split(/\r\n|\n|\r/)
    held = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5))
      else if (line === '' && data.length > 0) {
        yield data.join('\n')
        data = []
      }
    }
  }
  if (data.length > 0) yield data.join('\n')
}
