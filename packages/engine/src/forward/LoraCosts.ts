/**
 * What the parts of a mixed product cost on this machine, in microseconds; filled by `calibrateLora`. They decide only how products are
 * arranged, never a bit of the result.
 */
export type LoraCosts = {
  /** One more operation in the graph: its start, and the threads meeting at its end. */
  operation: number
  /** Reading one MiB of factors that nothing asked for. */
  mebibyte: number
}
