import type { ExecutionFinding } from '@openledger/audit'
import { OpenLedgerError, verdictCommitment, type ExecutionVerdict, type Hex } from '@openledger/protocol'
import {
  appealVerdict,
  commitVerdict,
  convictExecutionSilence,
  convictSilentAuditor,
  enrolAuditor,
  findCases,
  readAuditPay,
  readBallot,
  readEnrolment,
  readExecutionCase,
  readExecutionRound,
  readMayJudge,
  readOpenedAnswer,
  readWouldBeDrawn,
  revealVerdict,
  settleExecution,
  withdrawAuditPay,
  type ExecutionCase,
  type ExecutionRound,
} from '@openledger/sdk'
import type { AuditorParts } from './AuditorParts.ts'
import { EpochSampler } from './EpochSampler.ts'

/** Somebody else was faster, or it is somebody else's turn. */
const passed = ['WRONG_STAGE', 'ALREADY_VOTED', 'NOT_ON_COMMITTEE', 'SEED_AHEAD', 'TOO_EARLY', 'TOO_LATE', 'LAST_INSTANCE', 'NOTHING_OWED']

/** How much of an enrolment may be left before it is renewed. */
const renewalPart = 2

const verdictOf = ({ size, right, wrong }: ExecutionRound): ExecutionVerdict => (2 * (right + wrong) <= size || right === wrong ? 'undecided' : right > wrong ? 'right' : 'wrong')

/**
 * An auditor's work: it samples new epochs, executes the answers of the committees that it is drawn into, commits and reveals, and goes on with cases whose time
 * is over. It keeps nothing of its own: salts come from its key, votes from the commitments on the chain.
 */
export class AuditorWatch {
  readonly #parts: AuditorParts
  readonly #sampler: EpochSampler
  readonly #open = new Set<Hex>()
  readonly #findings = new Map<string, ExecutionFinding>()
  #from: bigint

  constructor(parts: AuditorParts) {
    this.#parts = parts
    this.#sampler = new EpochSampler(parts)
    this.#from = BigInt(parts.writer.addresses.deployBlock)
  }

  /** One look at the chain and all that follows from it. What fails is said, and tried again by the next one. @throws UnavailableError CHAIN_AWAY */
  async look(): Promise<void> {
    const { writer, sample = true, say } = this.#parts
    const head = await writer.publicClient.getBlock()
    const now = Number(head.timestamp)
    await this.#renew(now)
    if (sample) await this.#sampler.look(this.#from, head.number, now)
    for (const receiptId of await findCases(writer, this.#from, head.number)) this.#open.add(receiptId)
    this.#from = head.number + 1n
    for (const receiptId of this.#open) {
      try {
        const found = await readExecutionCase(writer, receiptId)
        if (found === null || found.stage === 'closed') this.#open.delete(receiptId)
        else await this.#attend(found, now)
      } catch (error) {
        const code = error instanceof OpenLedgerError ? error.code : ''
        if (!passed.includes(code)) say(`receipt ${receiptId}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    const account = writer.walletClient.account.address
    if ((await readAuditPay(writer, account)) > 0n) await withdrawAuditPay(writer).then(() => say('what committees paid is withdrawn'), () => undefined)
  }

  async #renew(now: number): Promise<void> {
    const { writer, say } = this.#parts
    const enrolment = await readEnrolment(writer, writer.walletClient.account.address)
    // A first enrolment is the auditor's own decision.
    if (enrolment === null || (enrolment.until - now) * renewalPart > enrolment.until - enrolment.since) return
    await enrolAuditor(writer).then(() => say('the enrolment is renewed'), (error: unknown) => say(`the enrolment is not renewed: ${String(error)}`))
  }

  async #attend(found: ExecutionCase, now: number): Promise<void> {
    const { writer, say } = this.#parts
    const { receiptId, round: at } = found
    if (found.stage === 'summoned') {
      if (now <= found.until) return
      await convictExecutionSilence(writer, receiptId)
      say(`receipt ${receiptId}: node ${found.node} stayed silent and is slashed`)
      return
    }
    const round = await readExecutionRound(writer, receiptId, at)
    if (now <= round.commitBy) await this.#commit(found, round)
    else if (now <= round.revealBy) await this.#reveal(found)
    else if (now <= round.appealBy) await this.#afterReveals(found, round)
    else {
      await this.#afterReveals(found, round)
      say(`receipt ${receiptId}: the verdict is ${await settleExecution(writer, receiptId)}`)
    }
  }

  async #vote({ receiptId, number, round }: ExecutionCase, verdict: ExecutionVerdict) {
    const { executionCourt, chainId } = this.#parts.writer.addresses
    const salt = await this.#parts.salt(`OpenLedger verdict: chain ${chainId}, court ${executionCourt}, receipt ${receiptId}, case ${number}, round ${round}`)
    return { receiptId, number, round, verdict, salt }
  }

  async #finding({ receiptId, number }: ExecutionCase): Promise<ExecutionFinding> {
    const key = `${receiptId} ${number}`
    const known = this.#findings.get(key)
    if (known) return known
    const { writer, judge, say } = this.#parts
    const opened = await readOpenedAnswer(writer, receiptId, number)
    const finding: ExecutionFinding = opened ? await judge(opened.receipt, opened.opening) : { verdict: null, reason: 'the chain keeps no opening' }
    this.#findings.set(key, finding)
    say(`receipt ${receiptId}: ${finding.verdict ?? 'no verdict'}: ${finding.reason}`)
    return finding
  }

  async #commit(found: ExecutionCase, round: ExecutionRound): Promise<void> {
    const { writer, say } = this.#parts
    const { receiptId } = found
    const auditor = writer.walletClient.account.address
    if ((await readBallot(writer, receiptId, found.round, auditor)) !== null || !(await readMayJudge(writer, receiptId, auditor))) return
    // Who would not be drawn need not execute anything.
    if ((await readWouldBeDrawn(writer, receiptId, found.round, round, auditor)) === false) return
    const { verdict } = await this.#finding(found)
    if (verdict === null) return
    if (await commitVerdict(writer, await this.#vote(found, verdict))) say(`receipt ${receiptId}: committed to a verdict`)
  }

  async #reveal(found: ExecutionCase): Promise<void> {
    const { writer, say } = this.#parts
    const { receiptId } = found
    const auditor = writer.walletClient.account.address
    const ballot = await readBallot(writer, receiptId, found.round, auditor)
    if (ballot?.vote !== 'hidden') return
    for (const verdict of ['right', 'wrong'] as const) {
      const vote = await this.#vote(found, verdict)
      if (verdictCommitment({ ...vote, auditor }) !== ballot.commitment) continue
      await revealVerdict(writer, vote)
      say(`receipt ${receiptId}: revealed ${verdict}`)
    }
  }

  /** Members who hid their votes are slashed; a committee that says otherwise than the own execution is appealed against, if wished. */
  async #afterReveals(found: ExecutionCase, round: ExecutionRound): Promise<void> {
    const { writer, appeal = false, say } = this.#parts
    const { receiptId, number, round: at } = found
    for (const member of round.members) {
      if ((await readBallot(writer, receiptId, at, member))?.vote !== 'hidden') continue
      await convictSilentAuditor(writer, receiptId, at, member).then(() => say(`receipt ${receiptId}: auditor ${member} hid its vote and is slashed`), () => undefined)
    }
    const own = this.#findings.get(`${receiptId} ${number}`)?.verdict
    const said = verdictOf(round)
    // An appeal against silence is for the accusation, so it is only for who found one.
    const disagrees = own && own !== said && (said !== 'undecided' || own === 'wrong')
    if (!disagrees) return
    if (!appeal) {
      say(`receipt ${receiptId}: the committee says ${said}, the execution here says ${own}; run with --appeal to put a bond against it`)
      return
    }
    await appealVerdict(writer, receiptId)
    say(`receipt ${receiptId}: appealed against ${said}`)
  }
}
