// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Channels: a payer's deposit for one gateway, spent by cumulative vouchers
interface IChannels {
  struct Channel {
    address payer;
    uint32 thawPeriod;
    uint64 thawEndsAt;
    address gateway;
    bool closed;
    uint96 deposited;
    uint96 collected;
  }

  struct SignedVoucher {
    bytes32 channelId;
    uint128 cumulative;
    bytes signature;
  }

  event ChannelOpened(
    bytes32 indexed channelId,
    address indexed payer,
    address indexed gateway,
    bytes32 salt,
    uint32 thawPeriod
  );
  event Deposited(bytes32 indexed channelId, address indexed from, uint256 amount, uint256 deposited);
  event Collected(bytes32 indexed channelId, address indexed gateway, uint256 amount, uint256 cumulative);
  event VoucherRejected(bytes32 indexed channelId, uint256 cumulative, bytes4 reason);
  event ThawStarted(bytes32 indexed channelId, uint64 thawEndsAt);
  event ThawCancelled(bytes32 indexed channelId);
  event ChannelClosed(bytes32 indexed channelId, uint256 returned);

  error DepositsPaused();
  error ZeroAmount();
  error ZeroGateway();
  error ChannelExists(bytes32 channelId);
  error UnknownChannel(bytes32 channelId);
  error ChannelIsClosed(bytes32 channelId);
  error ChannelIsThawing(bytes32 channelId);
  error NotPayer(bytes32 channelId, address caller);
  error NotGateway(bytes32 channelId, address caller);
  error VoucherAboveDeposit(uint256 cumulative, uint256 deposited);
  error VoucherNotAboveCollected(uint256 cumulative, uint256 collected);
  error BadVoucherSignature(bytes32 channelId);
  error NothingCollected();
  error NotThawing(bytes32 channelId);
  error ThawNotOver(uint256 thawEndsAt);

  /// @notice Opens a channel with WOPEN of the caller, who has approved it.
  /// @return channelId keccak(abi.encode(this, payer, gateway, salt))
  function open(address gateway, bytes32 salt, uint96 amount) external returns (bytes32 channelId);

  /// @notice Opens a channel with the coin that was sent.
  /// @return channelId keccak(abi.encode(this, payer, gateway, salt))
  function openNative(address gateway, bytes32 salt) external payable returns (bytes32 channelId);

  /// @notice Adds WOPEN of the caller, who has approved it, to a channel; anyone may.
  function deposit(bytes32 channelId, uint96 amount) external;

  /// @notice Adds the coin that was sent to a channel; anyone may.
  function depositNative(bytes32 channelId) external payable;

  /// @notice Collects one voucher for the calling gateway's epoch. The payer must hold a key: contract signatures do not count here,
  /// so that no payer can make a gateway's batch run out of gas.
  function collect(bytes32 channelId, uint128 cumulative, bytes calldata signature) external;

  /// @notice Collects many vouchers; a bad one is left out with an event and does not stop the rest.
  /// @return total what was collected; fails when that is nothing
  function collectMany(SignedVoucher[] calldata vouchers) external returns (uint256 total);

  /// @notice Starts the payer's way out; the gateway can collect until the rest is withdrawn.
  function startThaw(bytes32 channelId) external;

  /// @notice Stops the payer's way out.
  function cancelThaw(bytes32 channelId) external;

  /// @notice Pays the rest back to the payer after the thaw and closes the channel for good.
  /// @param unwrap whether the payer wants the native coin
  /// @return returned what was paid
  function withdraw(bytes32 channelId, bool unwrap) external returns (uint256 returned);

  /// @notice A channel's state; all zero for an unknown one.
  function getChannel(bytes32 channelId) external view returns (Channel memory);

  /// @notice The id that a channel has or would have.
  function channelIdOf(address payer, address gateway, bytes32 salt) external view returns (bytes32);
}
