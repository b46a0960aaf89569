import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'

/** Accounts with known keys; rich in every test chain. */
export const testAccounts: readonly PrivateKeyAccount[] = [1, 2, 3, 4].map((seed) => privateKeyToAccount(`0x${seed.toString(16).padStart(64, '0')}`))

export const oneCoin = 10n ** 18n

export const testAlloc: Record<string, bigint> = Object.fromEntries(testAccounts.map(({ address }) => [address, 1_000_000n * oneCoin]))
