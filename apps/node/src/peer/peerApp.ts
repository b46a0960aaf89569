import { challengeSchema, fail, OpenLedgerError, signed, signStatement, statementDomain, verifyStatement, type Hex, type Network } from '@openledger/protocol'
import { Hono } from 'hono'
import type { LocalAccount } from 'viem'
import type { Clock } from '../config/Clock.ts'
import type { Log } from '../config/Log.ts'
import { errorResponse, toLedgerError } from '../requests/errorResponse.ts'
import { readBytes, readJson } from '../requests/readJson.ts'
import type { AnswerWorker } from '../worker/AnswerWorker.ts'
import { clockSkewMs } from '../wire/timeBounds.ts'
import { endEvent, errorEvent, tokenEvent } from '../wire/answerEvents.ts'
import { readOrder } from '../wire/orderEnvelope.ts'
import { HeldLines } from './HeldLines.ts'
import type { OrderGuard } from './OrderGuard.ts'

export type PeerAppParts = {
  network: Network
  /** The node's key. */
  account: LocalAccount
  gateway: `0x${string}`
  baseId: Hex
  worker: Pick<AnswerWorker, 'answer'>
  guard: OrderGuard
  /** The hash that a challenge to show the base's file has for an answer. */
  prove: (challenge: Hex) => Promise<Hex>
  /** Challenges of its gateway that may be answered in a minute: each reads from the disk. */
  challengesPerMinute: number
  clock: Clock
  log: Log
}

const mostBytes = 4 * 1024 * 1024
/** Tokens of an answer that come within so long of each other are sent together, milliseconds: a little longer than a gateway holds back what it passes on, so that it passes these on at once. */
const holdMs = 5
const signedChallenge = signed(challengeSchema)
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** What a node says over the wire: GET /health, POST /possession, and POST /answers, which streams lines. */
export function peerApp({ network, account, gateway, baseId, worker, guard, prove, challengesPerMinute, clock, log }: PeerAppParts): Hono {
  const app = new Hono()
  const challenged: number[] = []
  const now = (): number => clock.now()
  app.onError((error, c) => errorResponse(c, error, log))
  app.notFound((c) => errorResponse(c, new OpenLedgerError('NOT_FOUND', 'there is nothing here', { status: 404 }), log))
  app.get('/health', (c) => c.json({ status: 'ok', node: account.address }))

  app.post('/possession', async (c) => {
    const asked = await readJson(c, signedChallenge, 2048)
    const { challenge, time } = asked.statement
    if (!same(asked.statement.node, account.address) || !same(asked.statement.gateway, gateway) || Math.abs(Number(time) - now()) > clockSkewMs) {
      fail('WRONG_ADDRESSEE', 'this challenge is for another node, from another gateway, or of another time', { status: 403, action: 'stop' })
    }
    const domain = statementDomain(network.chainId, network.contracts.stakes)
    await verifyStatement(domain, 'Challenge', asked.statement, asked.signature, gateway)
    while (challenged[0] !== undefined && challenged[0] <= now() - 60_000) challenged.shift()
    if (challenged.length >= challengesPerMinute) fail('TOO_MANY_CHALLENGES', 'this node was challenged too often', { status: 429, action: 'retry' })
    challenged.push(now())
    const statement = { node: account.address, gateway, baseId, challenge, proof: await prove(challenge) }
    const signature = await signStatement(account, domain, 'Possession', statement)
    return c.json({ statement, signature })
  })

  app.post('/answers', async (c) => {
    const order = await guard.admit(readOrder(await readBytes(c, mostBytes)))
    const stop = new AbortController()
    c.req.raw.signal.addEventListener('abort', () => stop.abort())
    const encoder = new TextEncoder()
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        const lines = new HeldLines({ clock, holdMs, write: (text) => stop.signal.aborted || controller.enqueue(encoder.encode(text)) })
        try {
          const answer = await worker.answer(order, { signal: stop.signal, onToken: (token) => lines.add(tokenEvent(token)) })
          // The node's own memory has it, so its attribution is due whatever the gateway does.
          answer.close(true)
          lines.add(endEvent(answer))
        } catch (error) {
          lines.add(errorEvent(toLedgerError(error, log)))
        }
        lines.flush()
        if (!stop.signal.aborted) controller.close()
      },
      cancel() {
        stop.abort()
      },
    })
    return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } })
  })
  return app
}
