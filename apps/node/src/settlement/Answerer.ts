import { errorFields, type Log, type LogFields } from '../config/Log.ts'

/** How one kind of summons is found and answered. */
export type AnswerPlan<Row> = {
  /** The first part of this kind's events in the log, which end in `.failed` here. */
  event: string
  log: Log
  /** The chain's codes that say that a summons is past answering: somebody else was faster, or the time is over. */
  decided: readonly string[]
  /** The summonses that the tables know and that are not answered yet. */
  rows(): Promise<Row[]>
  /** One summons among all that were ever sent. */
  keyOf(row: Row): string
  /** What the log says of a summons. */
  about(row: Row): LogFields
  /** Begins a round over all rows: what it keeps serves every summons of the round. The answer says whether the summons is done with; where not, the next round tries again. */
  round(): (row: Row) => Promise<boolean>
}

/** Answers the summonses of one kind, one after another. */
export class Answerer<Row> {
  readonly #plan: AnswerPlan<Row>
  /** Answered by this process, or past answering: the chain's event may come later than the next look. */
  readonly #done = new Set<string>()
  #queue: Promise<void> = Promise.resolve()

  constructor(plan: AnswerPlan<Row>) {
    this.#plan = plan
  }

  /** Answers every summons that the tables know and that is not answered yet. Failures are logged, and tried again by the next call. */
  answerAll(): Promise<void> {
    return (this.#queue = this.#queue.then(() => this.#answerAll()))
  }

  async #answerAll(): Promise<void> {
    const { event, log, rows, round, keyOf } = this.#plan
    try {
      const answer = round()
      for (const row of await rows()) {
        const key = keyOf(row)
        if (!this.#done.has(key) && (await this.#isDone(row, answer))) this.#done.add(key)
      }
    } catch (error) {
      log.warn(`${event}.failed`, errorFields(error))
    }
  }

  async #isDone(row: Row, answer: (row: Row) => Promise<boolean>): Promise<boolean> {
    const { event, log, about, decided } = this.#plan
    try {
      return await answer(row)
    } catch (error) {
      log.warn(`${event}.failed`, { ...about(row), ...errorFields(error) })
      return decided.includes((error as { code?: string }).code ?? '')
    }
  }
}
