// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { MerkleProof, Share } from "./Ledger.sol";
import { Attribution, Deployment, Receipt, Snapshot } from "./Statements.sol";

// Counts are whole words here although honest ones fit 32 bits: whoever commits to a larger one must be convicted by it, not saved
// by a decoder that refuses to read it. The encodings are those of packages/protocol/src/dispute; shared vectors pin both sides.

/// @notice What an `attributionRoot` is the hash of: the names of all inputs, and a tree over each list of claims.
struct AttributionHeader {
  bytes32 documentHash;
  bytes32 methodHash;
  bytes32 baseId;
  bytes32 adapterId;
  bytes32 tableRoot;
  bytes32 indexRoot;
  bytes32 queryRoot;
  bytes32 revokedRoot;
  bytes32 answerKey;
  uint256 answerTokens;
  uint256 lossBase;
  uint256 lossTuned;
  bytes32 tokensRoot;
  bytes32 sumsRoot;
  bytes32 scoresRoot;
  bytes32 sharesRoot;
  bytes32 spansRoot;
  uint256 spanCount;
}

/// @notice What an influence table's root is the hash of.
struct TableHeader {
  bytes32 fileHash;
  bytes32 adapterId;
  bytes32 baseId;
  bytes32 methodHash;
  uint256 parameterCount;
  uint256 atomCount;
  bytes32 atomsRoot;
  bytes32 chunksRoot;
}

/// @notice What a query vector's root is the hash of.
struct QueryHeader {
  bytes32 fileHash;
  uint256 parameterCount;
  bytes32 chunksRoot;
}

/// @notice What a span index's root is the hash of.
struct IndexHeader {
  bytes32 fileHash;
  uint256 length;
  uint256 recordCount;
  bytes32 recordsRoot;
  bytes32 textRoot;
  bytes32 suffixesRoot;
}

/// @notice 4,096 signed bytes of a vector and the exponents of their four blocks.
struct VectorChunk {
  bytes exponents;
  bytes values;
  MerkleProof proof;
}

/// @notice Running sums of up to 16 atoms after a chunk, each a big-endian int256.
struct SumsOpening {
  bytes sums;
  MerkleProof proof;
}

/// @notice One atom's score, 2⁻¹²⁸ nats.
struct ScoreOpening {
  int256 score;
  MerkleProof proof;
}

/// @notice One token of an answer: its id, whether a word starts there, its weight.
struct AnswerToken {
  uint256 token;
  uint256 startsWord;
  uint256 weight;
}

struct AnswerTokenOpening {
  AnswerToken leaf;
  MerkleProof proof;
}

/// @notice A span of an answer with its source; `field` is 0 in a prompt, 1 in a completion.
struct SpanClaim {
  uint256 start;
  uint256 length;
  uint256 lo;
  uint256 hi;
  uint256 weight;
  uint256 discountedWeight;
  uint256 occurrences;
  uint256 records;
  uint256 contributors;
  bytes32 recordId;
  address contributor;
  uint256 field;
  uint256 offset;
  uint256 position;
}

struct SpanOpening {
  SpanClaim leaf;
  MerkleProof proof;
}

/// @notice A record in an index's table of records.
struct IndexRecord {
  bytes32 recordId;
  address contributor;
  uint256 commitOrder;
  uint256 start;
  uint256 promptLength;
  uint256 completionLength;
}

struct IndexRecordOpening {
  IndexRecord leaf;
  MerkleProof proof;
}

/// @notice 64 symbols of an index's text, or entries of its suffix array, each a big-endian uint32.
struct SymbolsOpening {
  bytes symbols;
  MerkleProof proof;
}

/// @notice A record of a sealed snapshot.
struct SealedRecord {
  bytes32 recordId;
  address contributor;
  uint256 weight;
}

struct SealedRecordOpening {
  SealedRecord leaf;
  MerkleProof proof;
}

struct RecordIdOpening {
  bytes32 recordId;
  MerkleProof proof;
}

/// @notice One contributor's part of an answer, as the document says it.
struct ContributorShare {
  address contributor;
  uint256 sharePpm;
  uint256 trainingWeight;
}

/// @notice The attribution of a receipt that carries the mark of `deadline` in its place.
struct Completion {
  uint64 deadline;
  Attribution attribution;
  bytes signature;
}

/// @notice What every accusation of an attribution is held against: what the node signed.
/// @dev `completion` holds one, or none where the receipt carries its attribution; more than the first are not looked at.
struct Case {
  Receipt receipt;
  bytes signature;
  AttributionHeader header;
  Completion[] completion;
}

/// @notice "The running sum of this atom grew by something else than the dot product of this chunk." `before` is ignored for the first chunk.
struct DotProductClaim {
  TableHeader table;
  QueryHeader query;
  uint256 atom;
  uint256 chunk;
  VectorChunk tableChunk;
  VectorChunk queryChunk;
  SumsOpening before;
  SumsOpening afterwards;
}

/// @notice "This atom's score is not minus its last running sum."
struct ScoreClaim {
  TableHeader table;
  uint256 atom;
  ScoreOpening score;
  SumsOpening last;
}

/// @notice "The document names other inputs than the receipt and the deployment."
struct InputsClaim {
  Deployment deployment;
}

/// @notice "The payments are not what the fee, the deployment and the document's shares give." Both lists in full.
struct SplitClaim {
  Deployment deployment;
  ContributorShare[] shares;
  Share[] paid;
}

/// @notice "The document is about other tokens than the receipt's answer." `tokens` is the whole answer, each a big-endian uint32.
struct AnswerTokenClaim {
  bytes32 salt;
  bytes tokens;
  uint256 place;
  AnswerTokenOpening token;
}

/// @notice "These words do not stand where the span says."
struct SpanWordsClaim {
  IndexHeader index;
  SpanOpening span;
  uint256 place;
  AnswerTokenOpening token;
  SymbolsOpening text;
}

/// @notice "The words stand in another record, or it is somebody else's."
struct SpanSourceClaim {
  IndexHeader index;
  SpanOpening span;
  IndexRecordOpening record;
}

/// @notice "The index gives this record another id or owner than the sealed snapshot does." All snapshots of the receipt, in order.
struct RecordOwnerClaim {
  IndexHeader index;
  IndexRecordOpening record;
  Snapshot[] snapshots;
  SealedRecordOpening sealedRecord;
}

/// @notice The neighbours between which a record id would stand if it were revoked: none, one at an end, or two.
struct Absence {
  RecordIdOpening[] neighbours;
}

/// @notice "There is a longer match than this span, or one as long in a record that was committed earlier." `tokens` has one more
/// than the match, unless the answer ends with it; `text` holds the chunks of the match in order; `source` is read for equal lengths only.
struct BetterMatchClaim {
  IndexHeader index;
  SpanOpening span;
  uint256 position;
  uint256 length;
  AnswerTokenOpening[] tokens;
  SymbolsOpening[] text;
  IndexRecordOpening record;
  IndexRecordOpening source;
  Absence revoked;
}

/// @notice "The suffix array is out of order, names a place twice, or names none." Two ranks, the lower first; `next` are the ranks of the
/// suffixes one further, read when both begin with one symbol. Each opening holds one of the places, in the order of the names.
struct SuffixOrderClaim {
  IndexHeader index;
  uint256 low;
  uint256 high;
  uint256 nextOfLow;
  uint256 nextOfHigh;
  SymbolsOpening lowEntry;
  SymbolsOpening highEntry;
  SymbolsOpening lowText;
  SymbolsOpening highText;
  SymbolsOpening nextOfLowEntry;
  SymbolsOpening nextOfHighEntry;
}
