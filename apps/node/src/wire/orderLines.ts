import { fail } from '@openledger/protocol'

/*
 * One stream to a node carries all its orders, and one back all that is said to them: lines that begin with the number of the order. A number alone calls its order
 * off; numbers rise, and none is used twice on one stream.
 */

/** Bytes of an order. What is longer ends the stream, so neither side sends it. */
export const longestOrder = 4 * 1024 * 1024
/** Bytes of what a node says in one line: the one with a receipt holds the logits hash of each token. */
export const longestSaid = 16 * 1024 * 1024
/** Bytes that a line may have beside what it says: a number, a space and the end of the line. */
export const numberBytes = 18

/** The line that gives an order. @param order JSON in one line */
export const orderLine = (id: number, order: string): string => `${id} ${order}\n`

/** The line that calls an order off. */
export const callOffLine = (id: number): string => `${id}\n`

/** A line that is said to an order. @param line with its end */
export const numbered = (id: number, line: string): string => `${id} ${line}`

/** What a line says, and of which order. @param said empty when the order is called off @throws InputError BAD_LINE */
export function readNumbered(line: string): { id: number; said: string } {
  const space = line.indexOf(' ')
  const id = Number(space < 0 ? line : line.slice(0, space))
  if (!Number.isSafeInteger(id) || id <= 0) fail('BAD_LINE', 'a line does not begin with the number of an order', { action: 'stop' })
  return { id, said: space < 0 ? '' : line.slice(space + 1) }
}
