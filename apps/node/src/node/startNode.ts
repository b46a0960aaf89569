import { rm } from 'node:fs/promises'
import path from 'node:path'
import { writeFileSafely } from '@openledger/files'
import type { Address } from 'viem'
import { fullNodeOptions, type NodeOptions } from '../config/NodeOptions.ts'
import { closeServing, openServing } from '../engine/Engine.ts'
import { createApp } from '../http/createApp.ts'
import { checkPort, listen } from '../http/listen.ts'
import { checkDataFolder } from '../storage/checkDataFolder.ts'
import { lockDataFolder } from '../storage/lockDataFolder.ts'
import { ensureKey } from '../keys/keyFile.ts'
import { Closers } from './Closers.ts'
import { openMemory } from './openMemory.ts'
import { openParts } from './openParts.ts'

/** A node that runs. */
export type NodeHandle = {
  /** Where it listens, such as http://127.0.0.1:7800. */
  url: string
  port: number
  operatorToken: string
  node: Address
  gateway: Address
  /** Finishes the answers in progress, pauses training, flushes and closes everything. Calling it twice does nothing more. */
  stop(): Promise<void>
}

/**
 * Starts a node on a data folder: opens its memory, loads the base model, follows the chain, goes on with unfinished runs and
 * settlements, and listens. What fails half-way closes what was opened.
 * @throws StorageError DATA_FOLDER_LOCKED, DATA_FOLDER_CORRUPT, DATA_FOLDER_VERSION, JOURNAL_DAMAGED, DATABASE_UNUSABLE, DATABASE_AWAY, DATABASE_LOCKED, DATABASE_OF_ANOTHER; UnavailableError
 * PORT_IN_USE; OTHER_CHAIN; errors of the engine for the base model
 */
export async function startNode(given: NodeOptions): Promise<NodeHandle> {
  const named = fullNodeOptions(given)
  const { dataDir, host, log } = named
  const closers = new Closers(log)
  try {
    // Said before the long way up, and once more when it is too late for it.
    await checkPort(host, named.port)
    const lock = named.lock ?? (await lockDataFolder(dataDir))
    if (!named.lock) closers.add('lock', () => lock.release())
    const folder = await checkDataFolder(dataDir)
    const keys = named.keys ?? { node: await ensureKey(folder.keys, 'node'), gateway: await ensureKey(folder.keys, 'gateway') }
    const options = { ...named, keys }
    // The engine loads in a thread of its own meanwhile.
    const loading = openServing(options.engine, options.clock)
    closers.add('engine', () => loading.then(closeServing, () => undefined))
    const memory = await openMemory(folder, keys.gateway.address, options, closers)
    const parts = await openParts(folder, memory, await loading, options, closers)
    const hosts = [host, '127.0.0.1', 'localhost', '[::1]', ...options.hosts]
    const app = createApp(parts, { hosts, origins: options.origins, callsPerMinute: options.callsPerMinute, journalFault: () => memory.journal.broken?.message })
    const listener = await listen(app, host, options.port)
    closers.add('http', () => listener.close(options.drainMs))
    const endpoint = path.join(dataDir, 'endpoint.json')
    await writeFileSafely(endpoint, JSON.stringify({ url: listener.url, pid: process.pid }) + '\n')
    closers.add('endpoint', () => rm(endpoint, { force: true }))
    closers.add('events', () => Promise.resolve(parts.events.close()))
    parts.indexer.start()
    parts.readouts.start()
    parts.nodes.start()
    parts.runs.start()
    parts.settlement.start()
    parts.idleChannels.start()
    parts.estates.start()
    log.info('node.started', { url: listener.url, node: parts.node, gateway: parts.gateway, base: parts.serving.info.id })
    let stopped: Promise<void> | undefined
    return {
      url: listener.url,
      port: listener.port,
      operatorToken: parts.operatorToken,
      node: parts.node,
      gateway: parts.gateway,
      stop: () => (stopped ??= closers.close().then(() => log.info('node.stopped'))),
    }
  } catch (error) {
    await closers.close()
    throw error
  }
}
