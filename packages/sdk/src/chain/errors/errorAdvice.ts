import { InputError, PaymentError, ProofError, type OpenLedgerError } from '@openledger/protocol'

type ErrorClass = new (...args: ConstructorParameters<typeof OpenLedgerError>) => OpenLedgerError
export type Advice = { type: ErrorClass; fix: string; retry?: true }

const input = (fix: string): Advice => ({ type: InputError, fix })
const proof = (fix: string): Advice => ({ type: ProofError, fix })
const payment = (fix: string): Advice => ({ type: PaymentError, fix })
const later = (fix: string): Advice => ({ type: InputError, fix, retry: true })

/** What to do about each custom error of the contracts, by the error's name. */
export const errorAdvice: Record<string, Advice> = {
  // Datanets
  UnknownDatanet: input('use the id of a datanet that exists; ids are counted from 1'),
  NotDatanetOwner: input("send it from the datanet owner's account"),
  NotDatanetCurator: input("send it from the account of the datanet's owner or of a curator"),
  NotPendingOwner: input('let the owner offer the datanet to this account first'),
  ZeroOwner: input('name an owner'),
  ZeroCommitment: input('commit keccak(abi.encode(digest, salt))'),
  AlreadyCommitted: input('reveal the commitment that stands, or take another salt'),
  NotCommitted: input('commit first, and reveal with the same statement and salt'),
  RevealTooEarly: later('wait for the next block, then reveal again'),
  ContributorNotAllowed: input('ask the datanet owner or a curator to put the contributor on the allow-list'),
  EmptyContribution: input('contribute at least one record'),
  BadConsent: input('consent is 0, 1 or 2'),
  BadLicence: input('name an SPDX licence of 1 to 64 bytes'),
  NonceUsed: input('take a nonce that this signer has not used'),
  BadStatementSignature: proof('sign with the key of the address that the statement names, for this chain and this contract'),
  WrongParent: later('read the latest snapshot, build on it, and sign again'),
  BadSnapshotCounts: input('a snapshot holds at least one record and one contributor, and no more contributors than records'),
  UnknownContribution: input('reveal the contribution first'),
  NotContributor: input('revoke from the account that contributed the record'),
  BadRecordProof: proof("make the proof from the contribution's record ids in their order"),
  AlreadyRevoked: input('nothing is left to do: the record is revoked'),
  // Models
  ZeroId: input('give the id'),
  AlreadyRegistered: input('use what is registered under this id; equal content has one id'),
  UnknownBase: input('register the base model first'),
  UnknownModel: input('register the adapter or the base first'),
  UnknownDeployment: input('deploy the model first'),
  NoSnapshots: input('name at least one snapshot that the adapter was trained on'),
  TooManySnapshots: input('an adapter names at most 32 snapshots'),
  DuplicateSnapshot: input('name each snapshot once'),
  TrainingNotAllowed: input("seal the snapshot, and ask the datanet's owner to allow the trainer"),
  BadSplit: input('make the four parts sum to 1,000,000 ppm'),
  NotModelOwner: input("use the account of the adapter's trainer, of the base's registrant or of the deployment's owner"),
  // Channels
  DepositsPaused: later('wait until deposits are open again; withdrawals and claims go on'),
  ZeroAmount: input('the amount is 0'),
  ZeroGateway: input('name a gateway'),
  ChannelExists: input('take another salt, or add to the channel that exists'),
  UnknownChannel: payment('open the channel first'),
  ChannelIsClosed: payment('open a new channel'),
  ChannelIsThawing: payment('cancel the thaw first, or open another channel'),
  NotPayer: input("use the account of the channel's payer"),
  NotGateway: input("use the account of the channel's gateway"),
  VoucherAboveDeposit: payment('let the payer add to the channel, or sign a smaller cumulative amount'),
  VoucherNotAboveCollected: payment('sign a cumulative amount above what was collected'),
  BadVoucherSignature: payment("sign the voucher with the payer's key, for this chain and this contract"),
  NothingCollected: payment('none of the vouchers is good; each rejection names its reason when collected alone'),
  NotThawing: input('start the thaw first'),
  ThawNotOver: later('wait for the end of the thaw'),
  // Epochs
  NotStakedGateway: input("bond at least the minimum stake for the gateway's role"),
  WrongIndex: later("read the gateway's next index and post that"),
  EmptyEpoch: input('an epoch holds at least one receipt'),
  TotalAboveCredit: payment('collect the vouchers of these receipts first'),
  UnknownEpoch: input('use the header of an epoch that stands; a void one was replaced'),
  NotFinal: later('wait for the end of the dispute window'),
  WindowClosed: input('the epoch is final and cannot be challenged any more'),
  BadBalanceProof: proof('make the proof from the balances of this very epoch'),
  NothingToClaim: input('nothing is left to do: this amount was claimed'),
  ClaimsAboveEpoch: payment('the gateway promised more than it posted; its later epochs may still pay'),
  DepositMissing: payment('hold the deposit in WOPEN and approve it for Epochs'),
  NoEquivocation: proof('show two different receipts of one node with one nonce, each with its signature'),
  AlreadyProven: input('nothing is left to do: this was proven before'),
  // Stakes
  BondsPaused: later('wait until bonds are open again'),
  BondTooSmall: input('thaw at most what is bonded'),
  StillThawing: later('wait for the end of the thaw'),
  NothingThawing: input('start a thaw first'),
  NothingBonded: later('bond first: there is nobody to share with'),
  NotCourt: input('only a registered court may slash'),
  // Parameters and WOPEN
  ParameterOutOfBounds: input('choose a value inside the bounds'),
  ZeroTreasury: input('name a treasury'),
  CourtAlreadyRegistered: input('nothing is left to do: the court is registered'),
  UnknownCourt: input('nothing is left to do: the court is not registered'),
  OwnableUnauthorizedAccount: input("send it from the owner's account"),
  CoinTransferFailed: payment('the receiver refuses the native coin; withdraw to an account that takes it'),
  ERC20InsufficientAllowance: payment('approve the amount for the contract that takes it'),
  ERC20InsufficientBalance: payment('wrap or receive more WOPEN'),
}
