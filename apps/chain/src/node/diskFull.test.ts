import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { Hex } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { reserveBytes } from '../storage/requireSpace.ts'
import { removeFolders, startTestNode, temporaryFolder } from '../testing/TestChain.ts'
import { testAccounts } from '../testing/testAccounts.ts'

const first = testAccounts[0] as PrivateKeyAccount
const folder = temporaryFolder()

/** A real file system of a real size: only a privileged user on Linux can have one for a test. */
function mountSmall(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const mounted = mountSmall()
if (!mounted) console.log('skipped: disk full (a small file system could not be mounted)')

afterAll(() => {
  if (mounted) execFileSync('umount', [folder])
  removeFolders()
})

it.runIf(mounted)('acknowledges nothing that it could not write, keeps what it acknowledged, and goes on when there is space', async () => {
  const errors: unknown[] = []
  const test = await startTestNode({ dataFolder: path.join(folder, 'chain'), onError: (error) => errors.push(error) })
  try {
    // Leaves about a megabyte above what the store keeps free.
    writeFileSync(path.join(folder, 'filler'), Buffer.alloc(24 * 1024 * 1024 - reserveBytes - 1_200_000))
    const acknowledged: Hex[] = []
    let refused: unknown
    const send = async (nonce: number): Promise<Hex | undefined> => {
      const data: Hex = `0x${'ab'.repeat(20_000)}`
      const raw = await first.signTransaction({ chainId: 7117, type: 'eip1559', nonce, gas: 500_000n, to: first.address, data, maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 1n })
      const { result, error } = await test.send('eth_sendRawTransaction', raw)
      refused = error
      return result as Hex | undefined
    }
    while (acknowledged.length < 200) {
      const hash = await send(acknowledged.length)
      if (hash === undefined) break
      acknowledged.push(hash)
    }
    expect(refused).toMatchObject({ code: -32603, data: { code: 'CHAIN_DISK_FULL', fix: expect.stringContaining('free disk space') } })
    expect(acknowledged.length).toBeGreaterThan(3)
    for (const hash of acknowledged) expect((await test.send('eth_getTransactionByHash', hash)).result).not.toBeNull()
    const head = await test.reader.getBlock()

    execFileSync('mount', ['-o', 'remount,size=80m', folder])
    acknowledged.push((await send(acknowledged.length)) as Hex)
    for (const hash of acknowledged) expect((await test.reader.waitForTransactionReceipt({ hash, timeout: 20_000 })).status).toBe('success')
    expect(await test.reader.getBlock({ blockHash: head.hash })).toEqual(head)
    for (const error of errors) expect(error).toMatchObject({ code: 'CHAIN_DISK_FULL' })
  } finally {
    await test.node.stop()
  }
})
