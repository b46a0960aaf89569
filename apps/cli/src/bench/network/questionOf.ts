import type { ChatInput } from '@openledger/sdk'
import { RandomStream } from '../serve/workload/RandomStream.ts'

/** Plain words; what is asked means nothing, as what is answered. */
const words = 'the a miller river bridge old young came went saw told long ago under over stone house bread field horse winter summer rain king girl boy found lost slowly quiet morning evening water mill wheel turned because when then after before with without never always small great door window road town'.split(' ')

/**
 * A conversation with a context: two turns that have been and a question. Another number, another conversation from its first word on, so that none
 * finds a prefix of its own in a cache.
 * @param size how many words
 */
export function questionOf(number: number, size: number): ChatInput['messages'] {
  const random = new RandomStream(17, number)
  const text = (length: number): string => Array.from({ length }, () => words[random.integer(0, words.length)]).join(' ')
  const part = Math.ceil(size / 3)
  return [
    { role: 'user', content: `Story ${number}: ${text(part)}.` },
    { role: 'assistant', content: `${text(part)}.` },
    { role: 'user', content: `${text(size - 2 * part)}. Tell me the whole story.` },
  ]
}
