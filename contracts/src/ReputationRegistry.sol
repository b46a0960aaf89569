// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { IGuarantees } from "./interfaces/IGuarantees.sol";
import { IIdentityRegistry } from "./interfaces/IIdentityRegistry.sol";
import { IReputationRegistry } from "./interfaces/IReputationRegistry.sol";
import { Status } from "./types/Agents.sol";

/// @title ReputationRegistry
/// @notice Feedback by ERC-8004, from clients who paid for work that was finished, once for each guarantee.
contract ReputationRegistry is IReputationRegistry {
  uint8 private constant MAX_DECIMALS = 18;
  int128 private constant MAX_VALUE = 1e38;

  IIdentityRegistry private immutable _identity;
  IGuarantees public immutable guarantees;

  struct Feedback {
    int128 value;
    uint8 decimals;
    bool isRevoked;
    uint96 paid;
    bytes32 guaranteeId;
    string tag1;
    string tag2;
    address[] responders;
  }

  /// @dev What a reader's filters are compared with.
  struct Filter {
    bytes32 tag1;
    bytes32 tag2;
    bool includeRevoked;
  }

  mapping(uint256 agentId => mapping(address client => Feedback[])) private _feedback;
  mapping(uint256 agentId => address[]) private _clients;
  mapping(uint256 agentId => mapping(address client => uint256)) private _unratedFrom;
  mapping(bytes32 feedbackKey => mapping(address responder => uint64)) private _responses;

  /// @inheritdoc IReputationRegistry
  mapping(bytes32 guaranteeId => bool) public override isRated;

  constructor(IIdentityRegistry identity, IGuarantees guarantees_) {
    _identity = identity;
    guarantees = guarantees_;
  }

  /// @inheritdoc IReputationRegistry
  function giveFeedback(
    uint256 agentId,
    int128 value,
    uint8 valueDecimals,
    string calldata tag1,
    string calldata tag2,
    string calldata endpoint,
    string calldata feedbackURI,
    bytes32 feedbackHash
  ) external override {
    bytes32 guaranteeId = _oldestUnrated(agentId);
    _rate(guaranteeId, agentId, value, valueDecimals, tag1, tag2);
    _announce(agentId, endpoint, feedbackURI, feedbackHash);
  }

  /// @inheritdoc IReputationRegistry
  function giveFeedbackOn(
    bytes32 guaranteeId,
    int128 value,
    uint8 valueDecimals,
    string calldata tag1,
    string calldata tag2,
    string calldata endpoint,
    string calldata feedbackURI,
    bytes32 feedbackHash
  ) external override {
    IGuarantees.State memory state = guarantees.getGuarantee(guaranteeId);
    if (state.status != Status.Kept || state.guarantee.client != msg.sender) {
      revert NotYourGuarantee(guaranteeId, msg.sender);
    }
    if (isRated[guaranteeId]) revert AlreadyRated(guaranteeId);
    uint256 agentId = state.guarantee.agentId;
    _rate(guaranteeId, agentId, value, valueDecimals, tag1, tag2);
    _announce(agentId, endpoint, feedbackURI, feedbackHash);
  }

  /// @inheritdoc IReputationRegistry
  function revokeFeedback(uint256 agentId, uint64 feedbackIndex) external override {
    Feedback storage feedback = _at(agentId, msg.sender, feedbackIndex);
    if (feedback.isRevoked) revert AlreadyRevoked(agentId, feedbackIndex);
    feedback.isRevoked = true;
    emit FeedbackRevoked(agentId, msg.sender, feedbackIndex);
  }

  /// @inheritdoc IReputationRegistry
  function appendResponse(
    uint256 agentId,
    address clientAddress,
    uint64 feedbackIndex,
    string calldata responseURI,
    bytes32 responseHash
  ) external override {
    if (bytes(responseURI).length == 0) revert EmptyResponse();
    Feedback storage feedback = _at(agentId, clientAddress, feedbackIndex);
    if (_responses[_key(agentId, clientAddress, feedbackIndex)][msg.sender]++ == 0)
      feedback.responders.push(msg.sender);
    emit ResponseAppended(agentId, clientAddress, feedbackIndex, msg.sender, responseURI, responseHash);
  }

  /// @inheritdoc IReputationRegistry
  function getIdentityRegistry() external view override returns (address identityRegistry) {
    return address(_identity);
  }

  /// @inheritdoc IReputationRegistry
  function getSummary(
    uint256 agentId,
    address[] calldata clientAddresses,
    string calldata tag1,
    string calldata tag2
  ) external view override returns (uint64 count, int128 summaryValue, uint8 summaryValueDecimals) {
    if (clientAddresses.length == 0) revert NoClients();
    (address[] memory clients, uint64[] memory indexes) = _find(
      agentId,
      clientAddresses,
      Filter(keccak256(bytes(tag1)), keccak256(bytes(tag2)), false)
    );
    return _mean(agentId, clients, indexes);
  }

  /// @inheritdoc IReputationRegistry
  function readFeedback(
    uint256 agentId,
    address clientAddress,
    uint64 feedbackIndex
  )
    external
    view
    override
    returns (int128 value, uint8 valueDecimals, string memory tag1, string memory tag2, bool isRevoked)
  {
    Feedback storage f = _at(agentId, clientAddress, feedbackIndex);
    return (f.value, f.decimals, f.tag1, f.tag2, f.isRevoked);
  }

  /// @inheritdoc IReputationRegistry
  function readAllFeedback(
    uint256 agentId,
    address[] memory clientAddresses,
    string memory tag1,
    string memory tag2,
    bool includeRevoked
  )
    external
    view
    override
    returns (
      address[] memory clients,
      uint64[] memory feedbackIndexes,
      int128[] memory values,
      uint8[] memory valueDecimals,
      string[] memory tag1s,
      string[] memory tag2s,
      bool[] memory revokedStatuses
    )
  {
    if (clientAddresses.length == 0) clientAddresses = _clients[agentId];
    (clients, feedbackIndexes) = _find(
      agentId,
      clientAddresses,
      Filter(keccak256(bytes(tag1)), keccak256(bytes(tag2)), includeRevoked)
    );
    (values, valueDecimals, revokedStatuses) = _valuesAt(agentId, clients, feedbackIndexes);
    (tag1s, tag2s) = _tagsAt(agentId, clients, feedbackIndexes);
  }

  /// @inheritdoc IReputationRegistry
  function getResponseCount(
    uint256 agentId,
    address clientAddress,
    uint64 feedbackIndex,
    address[] calldata responders
  ) external view override returns (uint64 count) {
    if (clientAddress != address(0)) return _countOf(agentId, clientAddress, feedbackIndex, responders);
    address[] storage clients = _clients[agentId];
    for (uint256 i = 0; i < clients.length; ++i) count += _countOf(agentId, clients[i], 0, responders);
  }

  /// @inheritdoc IReputationRegistry
  function getClients(uint256 agentId) external view override returns (address[] memory) {
    return _clients[agentId];
  }

  /// @inheritdoc IReputationRegistry
  function getLastIndex(uint256 agentId, address clientAddress) external view override returns (uint64) {
    return uint64(_feedback[agentId][clientAddress].length);
  }

  /// @inheritdoc IReputationRegistry
  function getPaidWork(
    uint256 agentId,
    address clientAddress,
    uint64 feedbackIndex
  ) external view override returns (bytes32 guaranteeId, uint256 paid) {
    Feedback storage f = _at(agentId, clientAddress, feedbackIndex);
    return (f.guaranteeId, f.paid);
  }

  /// @dev Steps over guarantees that were rated by their id; where it stopped is remembered.
  function _oldestUnrated(uint256 agentId) private returns (bytes32 guaranteeId) {
    uint256 count = guarantees.paidWorkCount(agentId, msg.sender);
    for (uint256 i = _unratedFrom[agentId][msg.sender]; i < count; ++i) {
      guaranteeId = guarantees.paidWorkAt(agentId, msg.sender, i).guaranteeId;
      if (isRated[guaranteeId]) continue;
      _unratedFrom[agentId][msg.sender] = i + 1;
      return guaranteeId;
    }
    revert NothingToRate(agentId, msg.sender);
  }

  function _rate(
    bytes32 guaranteeId,
    uint256 agentId,
    int128 value,
    uint8 valueDecimals,
    string calldata tag1,
    string calldata tag2
  ) private {
    if (valueDecimals > MAX_DECIMALS) revert TooManyDecimals(valueDecimals);
    if (value > MAX_VALUE || value < -MAX_VALUE) revert ValueTooLarge(value);
    if (_identity.isAuthorizedOrOwner(msg.sender, agentId)) revert SelfFeedback(agentId, msg.sender);
    isRated[guaranteeId] = true;
    Feedback[] storage list = _feedback[agentId][msg.sender];
    if (list.length == 0) _clients[agentId].push(msg.sender);
    Feedback storage feedback = list.push();
    (feedback.value, feedback.decimals) = (value, valueDecimals);
    feedback.paid = guarantees.getGuarantee(guaranteeId).guarantee.reward;
    feedback.guaranteeId = guaranteeId;
    (feedback.tag1, feedback.tag2) = (tag1, tag2);
  }

  function _announce(uint256 agentId, string memory endpoint, string memory feedbackURI, bytes32 feedbackHash) private {
    uint64 index = uint64(_feedback[agentId][msg.sender].length);
    Feedback memory f = _feedback[agentId][msg.sender][index - 1];
    emit FeedbackEarned(agentId, msg.sender, index, f.guaranteeId, f.paid);
    emit NewFeedback(
      agentId,
      msg.sender,
      index,
      f.value,
      f.decimals,
      f.tag1,
      f.tag1,
      f.tag2,
      endpoint,
      feedbackURI,
      feedbackHash
    );
  }

  function _at(uint256 agentId, address client, uint64 feedbackIndex) private view returns (Feedback storage feedback) {
    Feedback[] storage list = _feedback[agentId][client];
    if (feedbackIndex == 0 || feedbackIndex > list.length) revert UnknownFeedback(agentId, client, feedbackIndex);
    return list[feedbackIndex - 1];
  }

  function _find(
    uint256 agentId,
    address[] memory among,
    Filter memory filter
  ) private view returns (address[] memory clients, uint64[] memory indexes) {
    uint256 most = 0;
    for (uint256 i = 0; i < among.length; ++i) most += _feedback[agentId][among[i]].length;
    (clients, indexes) = (new address[](most), new uint64[](most));
    uint256 found = 0;
    for (uint256 i = 0; i < among.length; ++i) {
      Feedback[] storage list = _feedback[agentId][among[i]];
      for (uint256 j = 0; j < list.length; ++j) {
        if (!_passes(list[j], filter)) continue;
        (clients[found], indexes[found]) = (among[i], uint64(j + 1));
        ++found;
      }
    }
    assembly ("memory-safe") {
      mstore(clients, found)
      mstore(indexes, found)
    }
  }

  function _countOf(
    uint256 agentId,
    address client,
    uint64 feedbackIndex,
    address[] calldata responders
  ) private view returns (uint64 count) {
    if (feedbackIndex != 0) return _countAt(agentId, client, feedbackIndex, responders);
    uint256 last = _feedback[agentId][client].length;
    for (uint64 i = 1; i <= last; ++i) count += _countAt(agentId, client, i, responders);
  }

  function _countAt(
    uint256 agentId,
    address client,
    uint64 feedbackIndex,
    address[] calldata responders
  ) private view returns (uint64 count) {
    Feedback storage feedback = _at(agentId, client, feedbackIndex);
    address[] memory list = responders;
    if (list.length == 0) list = feedback.responders;
    bytes32 key = _key(agentId, client, feedbackIndex);
    for (uint256 i = 0; i < list.length; ++i) count += _responses[key][list[i]];
  }

  function _passes(Feedback storage f, Filter memory filter) private view returns (bool) {
    bytes32 any = keccak256("");
    if (f.isRevoked && !filter.includeRevoked) return false;
    if (filter.tag1 != any && filter.tag1 != keccak256(bytes(f.tag1))) return false;
    return filter.tag2 == any || filter.tag2 == keccak256(bytes(f.tag2));
  }

  function _valuesAt(
    uint256 agentId,
    address[] memory clients,
    uint64[] memory indexes
  ) private view returns (int128[] memory values, uint8[] memory decimals, bool[] memory revoked) {
    uint256 count = clients.length;
    (values, decimals, revoked) = (new int128[](count), new uint8[](count), new bool[](count));
    for (uint256 i = 0; i < count; ++i) {
      Feedback storage f = _feedback[agentId][clients[i]][indexes[i] - 1];
      (values[i], decimals[i], revoked[i]) = (f.value, f.decimals, f.isRevoked);
    }
  }

  function _tagsAt(
    uint256 agentId,
    address[] memory clients,
    uint64[] memory indexes
  ) private view returns (string[] memory tag1s, string[] memory tag2s) {
    uint256 count = clients.length;
    (tag1s, tag2s) = (new string[](count), new string[](count));
    for (uint256 i = 0; i < count; ++i) {
      Feedback storage f = _feedback[agentId][clients[i]][indexes[i] - 1];
      (tag1s[i], tag2s[i]) = (f.tag1, f.tag2);
    }
  }

  function _mean(
    uint256 agentId,
    address[] memory clients,
    uint64[] memory indexes
  ) private view returns (uint64 count, int128 mean, uint8 decimals) {
    uint256 found = clients.length;
    if (found == 0) return (0, 0, 0);
    uint256 weight = 0;
    for (uint256 i = 0; i < found; ++i) {
      Feedback storage f = _feedback[agentId][clients[i]][indexes[i] - 1];
      weight += f.paid;
      if (f.decimals > decimals) decimals = f.decimals;
    }
    int256 sum = 0;
    for (uint256 i = 0; i < found; ++i) sum += _part(_feedback[agentId][clients[i]][indexes[i] - 1], weight);
    return _rounded(uint64(found), sum, decimals);
  }

  /// @dev A feedback's part of the weighted mean, with 18 decimals: at most 10⁵⁶, whatever the weights.
  function _part(Feedback storage f, uint256 weight) private view returns (int256) {
    int256 value = int256(f.value) * int256(10 ** uint256(MAX_DECIMALS - f.decimals));
    bool negative = value < 0;
    int256 part = int256(Math.mulDiv(uint256(negative ? -value : value), f.paid, weight));
    return negative ? -part : part;
  }

  /// @dev From 18 decimals to `decimals`, or to fewer where the number would not fit.
  function _rounded(uint64 count, int256 mean, uint8 decimals) private pure returns (uint64, int128, uint8) {
    int256 scaled = mean / int256(10 ** uint256(MAX_DECIMALS - decimals));
    while (scaled > type(int128).max || scaled < type(int128).min) {
      scaled /= 10;
      --decimals;
    }
    return (count, int128(scaled), decimals);
  }

  function _key(uint256 agentId, address client, uint64 feedbackIndex) private pure returns (bytes32) {
    return keccak256(abi.encode(agentId, client, feedbackIndex));
  }
}
