// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Channels: a payer's deposit for one gateway, spent by cumulative vouchers
interface IChannels {
  /// @dev `prepaid`: opened by the gateway with a payment that its payer authorised for one answer; no voucher is needed to collect.
  struct Channel {
    address payer;
    uint32 thawPeriod;
    uint64 thawEndsAt;
    address gateway;
    bool closed;
    bool prepaid;
    uint96 deposited;
    uint96 collected;
  }

  struct SignedVoucher {
    bytes32 channelId;
    uint128 cumulative;
    bytes signature;
  }

  /// @dev An ERC-3009 authorisation to pay `value` to a gateway's till; `nonce` becomes the channel's salt.
  struct Payment {
    address from;
    uint96 value;
    uint256 validAfter;
    uint256 validBefore;
    bytes32 nonce;
    uint8 v;
    bytes32 r;
    bytes32 s;
  }

  event ChannelOpened(
    bytes32 indexed channelId,
    address indexed payer,
    address indexed gateway,
    bytes32 salt,
    uint32 thawPeriod
  );
  event Prepaid(bytes32 indexed channelId, address indexed payer, bytes32 nonce, uint256 amount);
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
  error ChannelIsPrepaid(bytes32 channelId);
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

  /// @notice Opens a channel between a payer and the calling gateway with a payment that the payer has authorised by ERC-3009 to one of the
  /// gateway's two tills. Which till it was says what the payer agreed to. `prepaid`: the gateway may collect up to the amount once, without
  /// a voucher, and the rest goes back in the same transaction; what is not collected is the payer's after the thaw, which runs from here
  /// on. Not `prepaid`: a channel like any other, collected by vouchers.
  /// @dev A payment that somebody else has carried out already is taken from what lies in the till: the gateway has to see on the chain that it
  /// was carried out and not cancelled, since the nonce alone does not tell.
  /// @return channelId keccak(abi.encode(this, payer, gateway, nonce))
  function openAuthorised(Payment calldata payment, bool prepaid) external returns (bytes32 channelId);

  /// @notice Pays the rest of a channel back to its payer in WOPEN and closes it for good: the gateway at any time, and for a prepaid
  /// channel anyone after its thaw, so that its payer needs no coin for gas.
  /// @return returned what was paid
  function close(bytes32 channelId) external returns (uint256 returned);

  /// @notice Collects one voucher for the calling gateway's epoch. The payer must hold a key: contract signatures do not count here,
  /// so that no payer can make a gateway's batch run out of gas. A prepaid channel needs no signature, is collected once, and is closed by it.
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

  /// @notice Where a gateway's authorised payments go, whether or not it was used before: one till for prepaid answers, one for deposits.
  function tillOf(address gateway, bool prepaid) external view returns (address);

  /// @notice The id that a channel has or would have.
  function channelIdOf(address payer, address gateway, bytes32 salt) external view returns (bytes32);
}
