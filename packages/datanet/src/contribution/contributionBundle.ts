import {
  contributionCommitment,
  contributionSchema,
  fail,
  fromHex,
  signed,
  signStatement,
  statementDigest,
  statementDomain,
  writeArtefact,
  type Hex,
  type StatementDomain,
} from '@openledger/protocol'
import type { LocalAccount } from 'viem'
import { z } from 'zod'
import { buildContribution, type ContributionInput } from './buildContribution.ts'

const { contributor: address, recordsRoot: hash32 } = contributionSchema.shape

/** A signed contribution with all that its reveal needs: a file that can be carried, mailed or posted. */
export const contributionBundleSchema = z.strictObject({
  kind: z.literal('openledger/contribution/1'),
  domain: z.strictObject({ chainId: z.int().min(1), verifyingContract: address }),
  contribution: signed(contributionSchema),
  /** Opens the commitment that was anchored before. */
  salt: hash32,
  records: z.array(z.strictObject({ prompt: z.string(), completion: z.string() })),
})

export type ContributionBundle = z.infer<typeof contributionBundleSchema>

/**
 * Builds, signs and packs a contribution.
 * @param account the contributor's key
 * @param domain the Datanets contract of the chain
 * @param salt 32 random bytes, kept secret until the reveal
 * @throws InputError as buildContribution; WRONG_SIGNER when the key is not the contributor's
 */
export async function packContribution(
  input: ContributionInput,
  account: Pick<LocalAccount, 'address' | 'signTypedData'>,
  domain: Pick<StatementDomain, 'chainId' | 'verifyingContract'>,
  salt: Hex,
): Promise<ContributionBundle> {
  if (account.address.toLowerCase() !== input.contributor.toLowerCase()) {
    fail('WRONG_SIGNER', `the key belongs to ${account.address}, the contribution names ${input.contributor}`, { field: 'contributor', fix: "sign with the contributor's own key" })
  }
  if (fromHex(salt).length !== 32) fail('BAD_SALT', 'the salt is 32 bytes', { field: 'salt' })
  const { contribution } = buildContribution(input)
  const { chainId, verifyingContract } = domain
  const signature = await signStatement(account, statementDomain(chainId, verifyingContract), 'Contribution', contribution)
  return {
    kind: 'openledger/contribution/1',
    domain: { chainId, verifyingContract },
    contribution: { statement: contribution, signature },
    salt: salt.toLowerCase() as Hex,
    records: input.records.map(({ prompt, completion }) => ({ prompt, completion })),
  }
}

/** The bundle as a file: canonical JSON. */
export function writeContributionBundle(bundle: ContributionBundle): Uint8Array {
  return writeArtefact(bundle)
}

/** A contribution's id (its EIP-712 digest) and the commitment that is anchored before it is revealed. */
export function contributionIds(bundle: Pick<ContributionBundle, 'domain' | 'contribution' | 'salt'>): { contributionId: Hex; commitment: Hex } {
  const { chainId, verifyingContract } = bundle.domain
  const contributionId = statementDigest(statementDomain(chainId, verifyingContract), 'Contribution', bundle.contribution.statement)
  return { contributionId, commitment: contributionCommitment(contributionId, bundle.salt) }
}

