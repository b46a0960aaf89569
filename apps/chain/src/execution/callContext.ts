import { Block, createBlockHeader } from '@ethereumjs/block'

export type CallTime = {
  /** The block's own timestamp for one of the past; the clock's for the head, where time passes although no block is made. */
  timestamp: bigint
  /** What a unit of gas costs; 0 leaves fees out of the simulation. */
  baseFeePerGas: bigint
  /** True to run as part of the block after this one. */
  asNext: boolean
}

/** The block that a simulated call sees around it. */
export function callContext(block: Block, time: CallTime): Block {
  const { header, common } = block
  const around = createBlockHeader(
    {
      number: time.asNext ? header.number + 1n : header.number,
      parentHash: time.asNext ? header.hash() : header.parentHash,
      timestamp: time.timestamp,
      gasLimit: header.gasLimit,
      baseFeePerGas: time.baseFeePerGas,
      coinbase: header.coinbase,
      mixHash: header.mixHash,
    },
    { common },
  )
  return new Block(around, [], [], [], { common })
}
