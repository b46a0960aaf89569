import { UpstreamFault } from './UpstreamFault.ts'

/** One event: its name (`message` unless given) and its data, lines joined by a line feed. */
export type ServerSentEvent = { event: string; data: string }

/** Reads an event stream as the HTML standard defines it: any line ends, comments, data of several lines, chunks cut anywhere. */
export class EventParser {
  readonly #maxLength: number
  readonly #decoder = new TextDecoder('utf-8')
  #line = ''
  #data: string[] = []
  #size = 0
  #event = ''
  #afterReturn = false

  /** @param maxLength most UTF-16 units that one event may take */
  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  /** Takes the next bytes and returns the events that they complete. @throws UpstreamFault UPSTREAM_TOO_LARGE */
  push(bytes: Uint8Array): ServerSentEvent[] {
    const events: ServerSentEvent[] = []
    let text = this.#decoder.decode(bytes, { stream: true })
    // A line may end in CR LF with the two in different chunks.
    if (this.#afterReturn && text !== '') {
      this.#afterReturn = false
      if (text.startsWith('\n')) text = text.slice(1)
    }
    for (;;) {
      const end = text.search(/[\r\n]/)
      if (end < 0) break
      this.#take(this.#line + text.slice(0, end), events)
      this.#line = ''
      const wide = text[end] === '\r' && text[end + 1] === '\n'
      this.#afterReturn = text[end] === '\r' && end + 1 === text.length
      text = text.slice(end + (wide ? 2 : 1))
    }
    this.#line += text
    this.#check(this.#line.length)
    return events
  }

  #check(more: number): void {
    if (this.#size + more > this.#maxLength) throw new UpstreamFault('UPSTREAM_TOO_LARGE', `an event of the upstream server is longer than ${this.#maxLength} characters`, { action: 'stop', status: 502 })
  }

  #take(line: string, events: ServerSentEvent[]): void {
    if (line === '') {
      if (this.#data.length > 0) events.push({ event: this.#event || 'message', data: this.#data.join('\n') })
      this.#data = []
      this.#size = 0
      this.#event = ''
      return
    }
    const colon = line.indexOf(':')
    if (colon === 0) return
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1))
    if (field === 'event') this.#event = value
    if (field !== 'data') return
    this.#check(value.length)
    this.#size += value.length
    this.#data.push(value)
  }
}

/** The events of a stream of bytes. An event that the stream's end cuts off is dropped. */
export async function* serverSentEvents(chunks: AsyncIterable<Uint8Array>, maxLength: number): AsyncGenerator<ServerSentEvent> {
  const parser = new EventParser(maxLength)
  for await (const chunk of chunks) yield* parser.push(chunk)
}
