// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The reputation registry of ERC-8004, open only to clients whose guarantee was kept and paid
/// @notice One guarantee gives its client one feedback, and what the client paid is its weight.
interface IReputationRegistry {
  event NewFeedback(
    uint256 indexed agentId,
    address indexed clientAddress,
    uint64 feedbackIndex,
    int128 value,
    uint8 valueDecimals,
    string indexed indexedTag1,
    string tag1,
    string tag2,
    string endpoint,
    string feedbackURI,
    bytes32 feedbackHash
  );
  event FeedbackRevoked(uint256 indexed agentId, address indexed clientAddress, uint64 indexed feedbackIndex);
  event ResponseAppended(
    uint256 indexed agentId,
    address indexed clientAddress,
    uint64 feedbackIndex,
    address indexed responder,
    string responseURI,
    bytes32 responseHash
  );
  /// @notice Which guarantee a feedback is about, and what was paid for it.
  event FeedbackEarned(
    uint256 indexed agentId,
    address indexed clientAddress,
    uint64 feedbackIndex,
    bytes32 indexed guaranteeId,
    uint256 paid
  );

  error TooManyDecimals(uint8 decimals);
  error ValueTooLarge(int128 value);
  error SelfFeedback(uint256 agentId, address caller);
  error NothingToRate(uint256 agentId, address client);
  error NotYourGuarantee(bytes32 guaranteeId, address caller);
  error AlreadyRated(bytes32 guaranteeId);
  error UnknownFeedback(uint256 agentId, address client, uint64 feedbackIndex);
  error AlreadyRevoked(uint256 agentId, uint64 feedbackIndex);
  error EmptyResponse();
  error NoClients();

  /// @notice The identity registry whose agents are rated.
  function getIdentityRegistry() external view returns (address identityRegistry);

  /// @notice Rates an agent for the caller's oldest kept guarantee that is not rated yet.
  /// @param value fixed-point number with `valueDecimals` decimals, 0 to 18
  function giveFeedback(
    uint256 agentId,
    int128 value,
    uint8 valueDecimals,
    string calldata tag1,
    string calldata tag2,
    string calldata endpoint,
    string calldata feedbackURI,
    bytes32 feedbackHash
  ) external;

  /// @notice Rates an agent for one kept guarantee of the caller.
  function giveFeedbackOn(
    bytes32 guaranteeId,
    int128 value,
    uint8 valueDecimals,
    string calldata tag1,
    string calldata tag2,
    string calldata endpoint,
    string calldata feedbackURI,
    bytes32 feedbackHash
  ) external;

  /// @notice Takes the caller's feedback back. The guarantee stays rated.
  function revokeFeedback(uint256 agentId, uint64 feedbackIndex) external;

  /// @notice Adds an answer to a feedback; anyone may.
  function appendResponse(
    uint256 agentId,
    address clientAddress,
    uint64 feedbackIndex,
    string calldata responseURI,
    bytes32 responseHash
  ) external;

  /// @notice The mean of the clients' feedback, each weighted by what was paid; empty tags mean any. Clients must be named: strangers
  /// can pay themselves.
  /// @return count how many feedbacks are in it
  /// @return summaryValue the mean, with as many decimals as the finest feedback has where it fits
  function getSummary(
    uint256 agentId,
    address[] calldata clientAddresses,
    string calldata tag1,
    string calldata tag2
  ) external view returns (uint64 count, int128 summaryValue, uint8 summaryValueDecimals);

  /// @notice One feedback; indexes count from 1 for each client.
  function readFeedback(
    uint256 agentId,
    address clientAddress,
    uint64 feedbackIndex
  ) external view returns (int128 value, uint8 valueDecimals, string memory tag1, string memory tag2, bool isRevoked);

  /// @notice All feedback of some clients, or of all when none is named.
  function readAllFeedback(
    uint256 agentId,
    address[] calldata clientAddresses,
    string calldata tag1,
    string calldata tag2,
    bool includeRevoked
  )
    external
    view
    returns (
      address[] memory clients,
      uint64[] memory feedbackIndexes,
      int128[] memory values,
      uint8[] memory valueDecimals,
      string[] memory tag1s,
      string[] memory tag2s,
      bool[] memory revokedStatuses
    );

  /// @notice How many responses there are: of some responders or of all, to one feedback, to all of a client (index 0), or to all of
  /// the agent (client 0).
  function getResponseCount(
    uint256 agentId,
    address clientAddress,
    uint64 feedbackIndex,
    address[] calldata responders
  ) external view returns (uint64 count);

  /// @notice Everybody who has rated an agent.
  function getClients(uint256 agentId) external view returns (address[] memory);

  /// @notice How often a client has rated an agent.
  function getLastIndex(uint256 agentId, address clientAddress) external view returns (uint64);

  /// @notice The guarantee that a feedback is about and what was paid for it.
  function getPaidWork(
    uint256 agentId,
    address clientAddress,
    uint64 feedbackIndex
  ) external view returns (bytes32 guaranteeId, uint256 paid);

  /// @notice Whether a guarantee was rated.
  function isRated(bytes32 guaranteeId) external view returns (bool);
}
