/** The values of several streams in the order in which they come; fails as soon as one of them does. */
export async function* mergeStreams<Value>(streams: readonly AsyncGenerator<Value>[]): AsyncGenerator<Value> {
  type Arrival = { index: number; result: IteratorResult<Value> }
  const next = (index: number): Promise<Arrival> => streams[index]!.next().then((result) => ({ index, result }))
  const waiting = new Map(streams.map((_, index) => [index, next(index)]))
  // What is not waited for any more must not count as unhandled.
  for (const arrival of waiting.values()) arrival.catch(() => undefined)
  while (waiting.size > 0) {
    const { index, result } = await Promise.race(waiting.values())
    if (result.done) waiting.delete(index)
    else {
      yield result.value
      const following = next(index)
      following.catch(() => undefined)
      // To the end of the line, so that a busy stream does not keep the others waiting.
      waiting.delete(index)
      waiting.set(index, following)
    }
  }
}
