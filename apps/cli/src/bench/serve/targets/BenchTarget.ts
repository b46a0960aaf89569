import type { BenchRequest } from '../workload/BenchRequest.ts'

/** A server that can be measured. */
export interface BenchTarget {
  readonly name: string
  /**
   * Answers one request greedily with exactly as many tokens as it asks for; stops when the signal says so.
   * @returns the answer's tokens @throws what the server says
   */
  send(request: BenchRequest, options: { signal: AbortSignal; onToken: () => void }): Promise<readonly number[]>
}
