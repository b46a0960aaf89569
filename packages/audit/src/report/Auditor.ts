import { OpenLedgerError, ProofError } from '@openledger/protocol'
import type { AuditReport, CheckOutcome } from './AuditReport.ts'

/** Says that a check could not be made here and why; it is reported, not counted as held. */
export class Skipped {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

/** Throws the error by which a check says that a claim is false. */
export function falseClaim(message: string): never {
  throw new ProofError('FALSE_CLAIM', message)
}

/** Fails the running check unless two values are the same; names both. */
export function expectEqual(what: string, claimed: unknown, found: unknown): void {
  const [a, b] = [String(claimed).toLowerCase(), String(found).toLowerCase()]
  if (a !== b) falseClaim(`${what}: claimed ${a.slice(0, 200)}, found ${b.slice(0, 200)}`)
}

/** Damaged content is a false claim (it is not the file that the hash names); what is away or missing is not. */
const isFalsehood = (error: OpenLedgerError): boolean => error.code === 'CORRUPT_CONTENT' || (error.action === 'fix' && error.code !== 'MISSING_CONTENT')

/**
 * Runs checks in order and keeps their outcomes. The first false claim ends the audit: later checks are not run.
 * An error that says "retry" (chain away, file missing) is not a false claim and is thrown on.
 */
export class Auditor {
  readonly #report: AuditReport
  readonly #onCheck: ((outcome: CheckOutcome) => void) | undefined

  constructor(kind: AuditReport['kind'], subject: string, onCheck?: (outcome: CheckOutcome) => void) {
    this.#report = { kind, subject, ok: true, checks: [] }
    this.#onCheck = onCheck
  }

  get failed(): boolean {
    return !this.#report.ok
  }

  /** What became of the checks so far. */
  get outcomes(): readonly CheckOutcome[] {
    return this.#report.checks
  }

  /** Takes over checks that held in an earlier audit of the same session. */
  repeat(outcomes: readonly CheckOutcome[]): void {
    if (this.failed) return
    for (const outcome of outcomes) {
      this.#report.checks.push(outcome)
      this.#onCheck?.(outcome)
    }
  }

  /** @param check returns what it found in a few words, or Skipped; throws when the claim is false */
  async check(name: string, check: () => Promise<string | Skipped> | string | Skipped): Promise<void> {
    if (this.failed) return
    let outcome: CheckOutcome
    try {
      const found = await check()
      outcome = found instanceof Skipped ? { name, status: 'skipped', detail: found.reason } : { name, status: 'ok', detail: found }
    } catch (error) {
      if (!(error instanceof OpenLedgerError) || !isFalsehood(error)) throw error
      outcome = { name, status: 'false', detail: error.message }
      this.#report.ok = false
      this.#report.falseClaim = `${name}: ${error.message}`
    }
    this.#report.checks.push(outcome)
    this.#onCheck?.(outcome)
  }

  /** The report so far. An audit that checked nothing is not OK. */
  finish(): AuditReport {
    if (this.#report.checks.every((c) => c.status !== 'ok') && this.#report.ok) {
      this.#report.ok = false
      this.#report.falseClaim = 'nothing could be checked'
    }
    return this.#report
  }
}
