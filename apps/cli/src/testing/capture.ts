import type { Streams } from '../output/Output.ts'

/** Streams that keep what is written to them. */
export type Captured = Streams & { out(): string; err(): string }

/** Makes streams for a test. */
export function capture(isTerminal = false): Captured {
  const [out, err]: [string[], string[]] = [[], []]
  return { stdout: (text) => void out.push(text), stderr: (text) => void err.push(text), isTerminal, out: () => out.join(''), err: () => err.join('') }
}
