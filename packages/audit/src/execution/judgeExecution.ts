import { fingerprintLeaf, hasRightSeed, OpenLedgerError, OrderedTree, readExecutionOpening, zeroHash, type ExecutionOpening, type OpenedAnswer, type Receipt } from '@openledger/protocol'
import type { EngineInfo, ServingEngine } from '@openledger/engine'
import { compareTokens, promisesBits, sameButVariant } from './compareTokens.ts'
import type { ExecutionFinding } from './ExecutionFinding.ts'

/** The engine that executes again: its base loaded, the receipt's adapter registered. */
export type AgainEngine = { host: Pick<ServingEngine, 'generate' | 'detokenize'>; info: Pick<EngineInfo, 'id' | 'profileHash'> & { profile: unknown } }

const wrong = (reason: string): ExecutionFinding => ({ verdict: 'wrong', reason })
const unknown = (reason: string): ExecutionFinding => ({ verdict: null, reason })

/** What can be said of an opening without executing anything; undefined when it must be executed. */
function beforeExecution(receipt: Receipt, opening: ExecutionOpening): { opened: OpenedAnswer } | ExecutionFinding {
  try {
    const opened = readExecutionOpening(receipt, opening)
    if (!hasRightSeed(receipt, opening, opened)) return wrong('the seed is not that of nonce, commitment and request')
    return { opened }
  } catch (error) {
    // The court has checked every hash, so what cannot be read was signed like that: no execution gives such parameters.
    return wrong(`the opening cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/**
 * Executes an opened answer again and says whether the receipt is right: same tokens, same logits by the root of their hashes. Under
 * another profile, where bits may differ honestly, see `compareTokens`.
 * @param engine its base and adapter are the caller's to load; nothing is changed in it
 * @throws errors of the engine that say nothing about the answer, such as ADAPTER_UNKNOWN or OVERLOADED
 */
export async function judgeExecution(receipt: Receipt, opening: ExecutionOpening, engine: AgainEngine): Promise<ExecutionFinding> {
  const read = beforeExecution(receipt, opening)
  if (!('opened' in read)) return read
  const { promptTokens, answerTokens, sampling } = read.opened
  if (receipt.baseId !== engine.info.id) return unknown('another base model is loaded here')
  const adapterId = receipt.adapterId === zeroHash ? null : receipt.adapterId
  if (!promisesBits(read.opened.profile)) return unknown('the answer’s profile promises no equal bits, so a difference proves nothing')
  const isExact = receipt.profileHash === engine.info.profileHash
  if (!isExact && !sameButVariant(read.opened.profile, engine.info.profile)) return unknown('this machine computes under another numerics profile')
  try {
    if (!isExact) return await compareTokens(adapterId, read.opened, engine.host)
    const again = await engine.host.generate({ adapterId, promptTokens, sampling, logprobs: false, logitsHashes: true })
    const at = answerTokens.findIndex((token, i) => again.tokens[i] !== token)
    if (at >= 0) return wrong(`token ${at} of the answer is ${answerTokens[at]}, executed it is ${again.tokens[at] ?? 'none'}`)
    if (again.tokens.length !== answerTokens.length) return wrong(`the answer has ${answerTokens.length} tokens, executed it has ${again.tokens.length}`)
    if (new OrderedTree(again.logitsHashes.map(fingerprintLeaf)).root !== receipt.fingerprintRoot) return wrong('the tokens are the same, the logits are not')
    return { verdict: 'right', reason: `${answerTokens.length} tokens executed again: same tokens, same logits` }
  } catch (error) {
    // What no engine of this profile could have computed was not computed.
    if (error instanceof OpenLedgerError && ['CONTEXT_OVERFLOW', 'PROMPT_EMPTY', 'TOKEN_RANGE', 'BAD_SAMPLING', 'SCHEMA_UNSUPPORTED'].includes(error.code)) return wrong(error.message)
    throw error
  }
}
