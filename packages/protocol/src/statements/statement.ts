import { domainSeparator, hashStruct, hashTypedData, type Address, type LocalAccount } from 'viem'
import { concatBytes, fromHex, type Hex } from '../encoding/bytes.ts'
import { keccak, keccakBytes } from '../encoding/hash.ts'
import { ProofError } from '../errors/classes.ts'
import { recoverSigner } from '../signatures/recoverSigner.ts'
import type { StatementDomain } from './domain.ts'
import { encodeStruct } from './encodeStruct.ts'
import type { StatementMessages } from './messages.ts'
import { statementTypes, type StatementName } from './types.ts'

// viem infers message types from literal type tables; the table is indexed by a type variable here, so the shape is given by hand.
const typed = <N extends StatementName>(name: N, message: StatementMessages[N]) => ({
  types: { [name]: statementTypes[name] } as Record<string, readonly { name: string; type: string }[]>,
  primaryType: name as string,
  message: message as unknown as Record<string, unknown>,
})

/** The start of what digests of the few domains that a process meets are taken of; forgotten when they become many. */
const prefixes = new Map<string, Uint8Array>()
const prefixesKept = 64
const prefixSize = 34
/** What the digest of a statement is taken of, written anew for each. */
const digested = new Uint8Array(prefixSize + 32)

function digestPrefix(domain: StatementDomain): Uint8Array {
  const key = [domain.name, domain.version, typeof domain.chainId, domain.chainId, domain.verifyingContract].join('\n')
  const kept = prefixes.get(key)
  if (kept) return kept
  const prefix = concatBytes(Uint8Array.of(0x19, 0x01), fromHex(domainSeparator({ domain })))
  if (prefixes.size >= prefixesKept) prefixes.clear()
  prefixes.set(key, prefix)
  return prefix
}

/** The EIP-712 digest of a statement: what is signed, and the statement's id where it needs one. */
export function statementDigest<N extends StatementName>(domain: StatementDomain, name: N, message: StatementMessages[N]): Hex {
  const encoded = encodeStruct(name, message)
  if (!encoded) return hashTypedData({ domain, ...typed(name, message) })
  digested.set(digestPrefix(domain))
  digested.set(keccakBytes(encoded), prefixSize)
  return keccak(digested)
}

/** The EIP-712 struct hash of a statement, without the domain. */
export function statementStructHash<N extends StatementName>(name: N, message: StatementMessages[N]): Hex {
  const encoded = encodeStruct(name, message)
  if (encoded) return keccak(encoded)
  const { types, primaryType, message: data } = typed(name, message)
  return hashStruct({ types, primaryType, data })
}

/** Whoever signs statements: a wallet that takes them whole, or one that signs their digest too. */
export type StatementSigner = Pick<LocalAccount, 'signTypedData'> & Partial<Pick<LocalAccount, 'sign'>>

/** Signs a statement with a local key; the signature is 65 bytes r, s, v. */
export async function signStatement<N extends StatementName>(
  account: StatementSigner,
  domain: StatementDomain,
  name: N,
  message: StatementMessages[N],
): Promise<Hex> {
  return account.sign ? account.sign({ hash: statementDigest(domain, name, message) }) : account.signTypedData({ domain, ...typed(name, message) })
}

/** Half of the order of secp256k1: a larger s has a twin that signs the same, and the contracts refuse it. */
const halfOrder = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** Whether a signature has the one form that the contracts take: 65 bytes r, s, v with s in the lower half and v 27 or 28. */
function isCanonical(signature: Hex): boolean {
  if (!/^0x[0-9a-f]{128}(1b|1c)$/i.test(signature)) return false
  return BigInt(`0x${signature.slice(66, 130)}`) <= halfOrder
}

/** Checks a statement's signature; throws BAD_SIGNATURE when it is malformed or somebody else's. @returns the statement's digest */
export async function verifyStatement<N extends StatementName>(
  domain: StatementDomain,
  name: N,
  message: StatementMessages[N],
  signature: Hex,
  signer: Address,
): Promise<Hex> {
  if (!isCanonical(signature)) {
    throw new ProofError('BAD_SIGNATURE', `the ${name} carries a malformed signature`, { field: 'signature', fix: 'give 65 bytes r, s, v with the lower s and v 27 or 28, as wallets make them' })
  }
  let digest: Hex
  let recovered: Address
  try {
    digest = statementDigest(domain, name, message)
    recovered = recoverSigner(digest, signature)
  } catch (cause) {
    throw new ProofError('BAD_SIGNATURE', `the ${name} carries a malformed signature`, { cause, field: 'signature' })
  }
  if (recovered.toLowerCase() === signer.toLowerCase()) return digest
  throw new ProofError('BAD_SIGNATURE', `the ${name} is signed by ${recovered}, not by ${signer}`, {
    field: 'signature',
    fix: 'sign with the key of the address that the statement names, for this chain and this contract',
  })
}
