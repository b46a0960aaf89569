import { Role, TaskState, type Artifact, type Part, type Task } from '@a2a-js/sdk'
import { AgentEvent, type AgentExecutor, type ExecutionEventBus, type RequestContext } from '@a2a-js/sdk/server'
import { fail, formatOpen, toJson, type Hex } from '@openledger/protocol'
import { readGuarantee } from '@openledger/sdk'
import { isAddress } from 'viem'
import { deliver } from '../agents/deliver.ts'
import { promise } from '../agents/promise.ts'
import type { Session } from '../context/Session.ts'
import { describeError } from '../output/exitCode.ts'
import { ask } from '../verbs/ask.ts'
import { chooseModel } from '../verbs/chooseModel.ts'
import { guaranteeExtension, type AgentTerms } from './agentCard.ts'

export type PromisedAnswersParts = {
  session: Session
  /** The name of the agent's key. */
  agent: string
  terms: Pick<AgentTerms, 'reward' | 'penalty'>
  model?: string
  maxTokens: number
  /** How long a client can accept, and how long the agent has after that, seconds. */
  acceptSeconds: number
  deliverSeconds: number
  /** Unix milliseconds. */
  now: () => number
}

/** Promises that wait for their client at once: beyond that nobody gets another. */
const mostOffers = 1000
const mostCharacters = 20_000

const textPart = (value: string): Part => ({ content: { $case: 'text', value }, metadata: undefined, filename: '', mediaType: 'text/plain' })
const dataPart = (value: unknown): Part => ({ content: { $case: 'data', value }, metadata: undefined, filename: '', mediaType: 'application/json' })
const artifact = (artifactId: string, description: string, parts: Part[]): Artifact => ({ artifactId, name: artifactId, description, parts, metadata: undefined, extensions: [guaranteeExtension] })

/**
 * An agent that works under a guarantee alone. A first message with a question and the client's address is answered with a signed promise; when
 * the client has accepted it on the chain, a second message to the same task has the agent buy the answer, deliver its receipt, and show it.
 */
export class PromisedAnswers implements AgentExecutor {
  readonly #parts: PromisedAnswersParts
  /** Until when each open offer can be accepted. */
  readonly #offers = new Map<Hex, number>()
  /** Guarantees that are worked on. */
  readonly #working = new Set<Hex>()

  constructor(parts: PromisedAnswersParts) {
    this.#parts = parts
  }

  async execute(context: RequestContext, bus: ExecutionEventBus): Promise<void> {
    const { taskId, contextId, task } = context
    const show = (state: TaskState, words: string, artifacts: Artifact[] = task?.artifacts ?? [], metadata = task?.metadata): void => {
      const message = { messageId: `${taskId}-${String(state)}-${this.#parts.now()}`, contextId, taskId, role: Role.ROLE_AGENT, parts: [textPart(words)], metadata: undefined, extensions: [], referenceTaskIds: [] }
      const shown: Task = { id: taskId, contextId, status: { state, message, timestamp: new Date(this.#parts.now()).toISOString() }, artifacts, history: [...(task?.history ?? [context.userMessage])], metadata }
      bus.publish(AgentEvent.task(shown))
    }
    try {
      const guaranteeId = (task?.metadata as { guaranteeId?: Hex } | undefined)?.guaranteeId
      if (guaranteeId) await this.#keep(guaranteeId, task!, show)
      else await this.#offer(context, show)
    } catch (error) {
      show(TaskState.TASK_STATE_REJECTED, describeError(error))
    } finally {
      bus.finished()
    }
  }

  /** Nothing can be taken back: a promise that nobody accepts lapses, and one that was accepted is owed. */
  cancelTask = (): Promise<void> => fail('NOT_CANCELABLE', 'a promise cannot be taken back', { fix: 'let it lapse, or wait for its deadline' })

  async #offer({ userMessage }: RequestContext, show: Show): Promise<void> {
    const { session, agent, terms, model: named, maxTokens, acceptSeconds, deliverSeconds, now } = this.#parts
    const question = userMessage.parts.map(({ content }) => (content?.$case === 'text' ? content.value : '')).join('').trim()
    const { client } = ((userMessage.metadata ?? {})[guaranteeExtension] ?? {}) as { client?: unknown }
    if (question === '' || question.length > mostCharacters) fail('BAD_TASK', `a task is a question of 1 to ${mostCharacters} characters`, { field: 'parts' })
    if (typeof client !== 'string' || !isAddress(client, { strict: false })) return fail('NO_CLIENT', 'nobody is named to whom this could be promised', { field: 'metadata', fix: `name your address: metadata["${guaranteeExtension}"] = {"client": "0x…"}` })
    for (const [id, until] of this.#offers) if (until < now()) this.#offers.delete(id)
    if (this.#offers.size >= mostOffers) fail('TOO_MANY_OFFERS', 'too many promises wait for their clients', { action: 'retry', fix: 'come again later' })
    const model = named ?? (await chooseModel(session))
    const most = await session.node.quote({ model, messages: [{ role: 'user', content: question }], maxTokens, temperature: 0 })
    if (most > terms.reward) fail('TOO_DEAR', `this answer can cost ${formatOpen(most)} OPEN, more than the task pays`, { fix: 'ask something shorter' })
    const { guaranteeId, file } = await promise(session, { agent, client, task: question, ...terms, acceptSeconds, deliverSeconds, verification: { answerOf: model } })
    this.#offers.set(guaranteeId, now() + acceptSeconds * 1000)
    show(TaskState.TASK_STATE_INPUT_REQUIRED, `accept this promise on the chain (${formatOpen(terms.reward)} OPEN, ${formatOpen(terms.penalty)} if it is broken), then send a message to this task`, [artifact('promise', 'the signed promise', [dataPart(toJson(file))])], { guaranteeId, model })
  }

  async #keep(guaranteeId: Hex, task: Task, show: Show): Promise<void> {
    const { session, agent, maxTokens, terms } = this.#parts
    const state = await readGuarantee(session.reader, guaranteeId)
    if (!state) return show(TaskState.TASK_STATE_INPUT_REQUIRED, 'this promise is not accepted on the chain yet')
    if (state.status !== 'accepted') return show(TaskState.TASK_STATE_COMPLETED, `this promise is ${state.status}`)
    if (this.#working.has(guaranteeId)) return show(TaskState.TASK_STATE_WORKING, 'the answer is on its way')
    this.#working.add(guaranteeId)
    this.#offers.delete(guaranteeId)
    try {
      show(TaskState.TASK_STATE_WORKING, 'the answer is bought and delivered')
      const [question] = task.history.flatMap(({ parts }) => parts.flatMap(({ content }) => (content?.$case === 'text' ? [content.value.trim()] : [])))
      const { model } = task.metadata as { model: string }
      const { text, receiptId, view } = await ask(session, { model, question, payer: agent, maxTokens, temperature: 0, deposit: terms.reward, mostFee: terms.reward })
      const seconds = Number(state.guarantee.deadline) - Math.floor(this.#parts.now() / 1000)
      const { status } = await deliver(session, { agent, guaranteeId, delivery: { receipt: receiptId }, timeoutMs: Math.max(1, seconds) * 1000 })
      const answer = artifact('answer', 'the answer, and the receipt that the chain has verified', [textPart(text), dataPart({ guaranteeId, receiptId, fee: view.fee, status })])
      show(status === 'kept' ? TaskState.TASK_STATE_COMPLETED : TaskState.TASK_STATE_FAILED, `the promise is ${status}`, [...task.artifacts, answer])
    } catch (error) {
      // The task stays open: a further message has the agent try again until the deadline.
      show(TaskState.TASK_STATE_INPUT_REQUIRED, describeError(error))
    } finally {
      this.#working.delete(guaranteeId)
    }
  }
}

type Show = (state: TaskState, words: string, artifacts?: Artifact[], metadata?: Task['metadata']) => void
