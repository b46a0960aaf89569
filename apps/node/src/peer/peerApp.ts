import { challengeSchema, fail, OpenLedgerError, signed, signStatement, statementDomain, verifyStatement, type Hex, type Network } from '@openledger/protocol'
import { Hono } from 'hono'
import type { LocalAccount } from 'viem'
import type { Clock } from '../config/Clock.ts'
import type { Log } from '../config/Log.ts'
import { errorResponse } from '../requests/errorResponse.ts'
import { readJson } from '../requests/readJson.ts'
import type { AnswerWorker } from '../worker/AnswerWorker.ts'
import { clockSkewMs } from '../wire/timeBounds.ts'
import { readOrder } from '../wire/orderEnvelope.ts'
import type { AnswerOrder } from '../worker/AnswerOrder.ts'
import { OrderDesk } from './OrderDesk.ts'
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

const signedChallenge = signed(challengeSchema)
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** What a node says over the wire: GET /health, POST /possession, and POST /orders, a stream of orders on which each is answered with lines as they come. */
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

  const admit = async (order: string): Promise<AnswerOrder> => guard.admit(readOrder(order))
  app.post('/orders', ({ req }) => {
    const orders = req.raw.body ?? fail('BODY_MISSING', 'orders come in the body', { fix: 'send a line for each order' })
    return new Response(new OrderDesk(orders, { admit, worker, clock, log }).lines, { headers: { 'content-type': 'application/x-ndjson' } })
  })
  return app
}
