/** What happens at virtual times, in order; equal times in the order in which they were asked for. */
export class EventQueue {
  now = 0
  readonly #heap: Entry[] = []
  #asked = 0

  /** Runs something so many milliseconds from now. */
  after(ms: number, run: () => void): void {
    const heap = this.#heap
    heap.push({ at: this.now + ms, order: this.#asked++, run })
    for (let child = heap.length - 1, parent = (child - 1) >> 1; child > 0 && before(heap[child]!, heap[parent]!); child = parent, parent = (child - 1) >> 1) swap(heap, child, parent)
  }

  /** When the next thing is due; Infinity when nothing is. */
  get nextAt(): number {
    return this.#heap[0]?.at ?? Infinity
  }

  /** Runs the next thing, if there is one. */
  runNext(): void {
    const next = this.#heap[0]
    if (next === undefined) return
    this.#removeFirst()
    this.now = next.at
    next.run()
  }

  /** Runs everything up to a time. */
  runUntil(end: number): void {
    while (this.nextAt <= end) this.runNext()
    this.now = end
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    heap[0] = last
    for (let parent = 0; ; ) {
      const [left, right] = [2 * parent + 1, 2 * parent + 2]
      let least = parent
      if (left < heap.length && before(heap[left]!, heap[least]!)) least = left
      if (right < heap.length && before(heap[right]!, heap[least]!)) least = right
      if (least === parent) return
      swap(heap, parent, least)
      parent = least
    }
  }
}

type Entry = { at: number; order: number; run: () => void }
const before = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)
function swap(heap: Entry[], a: number, b: number): void {
  ;[heap[a], heap[b]] = [heap[b]!, heap[a]!]
}
