// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { Create2 } from "@openzeppelin/contracts/utils/Create2.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IChannels } from "./interfaces/IChannels.sol";
import { IEpochs } from "./interfaces/IEpochs.sol";
import { IParameters } from "./interfaces/IParameters.sol";
import { IWOPEN } from "./interfaces/IWOPEN.sol";
import { Till } from "./Till.sol";
import { StatementHash } from "./libraries/StatementHash.sol";

/// @title Channels
/// @notice Holds payers' deposits. What a gateway collects goes to its account in Epochs, never to the gateway.
contract Channels is IChannels, EIP712, ReentrancyGuardTransient {
  using SafeERC20 for IWOPEN;

  IWOPEN public immutable wopen;
  IParameters public immutable parameters;
  IEpochs public immutable epochs;

  mapping(bytes32 channelId => Channel) private _channels;

  constructor(IWOPEN wopen_, IParameters parameters_, IEpochs epochs_) EIP712("OpenLedger", "1") {
    wopen = wopen_;
    parameters = parameters_;
    epochs = epochs_;
    wopen_.forceApprove(address(epochs_), type(uint256).max);
  }

  /// @inheritdoc IChannels
  function open(
    address gateway,
    bytes32 salt,
    uint96 amount
  ) external override nonReentrant returns (bytes32 channelId) {
    channelId = _open(msg.sender, gateway, salt);
    _deposit(channelId, amount, msg.sender);
    wopen.safeTransferFrom(msg.sender, address(this), amount);
  }

  /// @inheritdoc IChannels
  function openNative(
    address gateway,
    bytes32 salt
  ) external payable override nonReentrant returns (bytes32 channelId) {
    channelId = _open(msg.sender, gateway, salt);
    _deposit(channelId, SafeCast.toUint96(msg.value), msg.sender);
    wopen.deposit{ value: msg.value }();
  }

  /// @inheritdoc IChannels
  function deposit(bytes32 channelId, uint96 amount) external override nonReentrant {
    _deposit(channelId, amount, msg.sender);
    wopen.safeTransferFrom(msg.sender, address(this), amount);
  }

  /// @inheritdoc IChannels
  function depositNative(bytes32 channelId) external payable override nonReentrant {
    _deposit(channelId, SafeCast.toUint96(msg.value), msg.sender);
    wopen.deposit{ value: msg.value }();
  }

  /// @inheritdoc IChannels
  function openAuthorised(
    Payment calldata payment,
    bool prepaid
  ) external override nonReentrant returns (bytes32 channelId) {
    channelId = _open(payment.from, msg.sender, payment.nonce);
    _deposit(channelId, payment.value, payment.from);
    if (prepaid) _prepay(channelId, payment);
    address till = tillOf(msg.sender, prepaid);
    if (till.code.length == 0) new Till{ salt: _tillSalt(msg.sender, prepaid) }(wopen);
    if (!wopen.authorizationState(payment.from, payment.nonce)) _carryOut(payment, till);
    wopen.safeTransferFrom(till, address(this), payment.value);
  }

  /// @inheritdoc IChannels
  function close(bytes32 channelId) external override nonReentrant returns (uint256 returned) {
    Channel storage channel = _channels[channelId];
    if (channel.payer == address(0)) revert UnknownChannel(channelId);
    if (channel.closed) revert ChannelIsClosed(channelId);
    if (channel.gateway != msg.sender) {
      if (!channel.prepaid) revert NotGateway(channelId, msg.sender);
      if (block.timestamp < channel.thawEndsAt) revert ThawNotOver(channel.thawEndsAt);
    }
    returned = _close(channel, channelId);
    wopen.safeTransfer(channel.payer, returned);
  }

  /// @inheritdoc IChannels
  function collect(bytes32 channelId, uint128 cumulative, bytes calldata signature) external override nonReentrant {
    Channel storage channel = _channels[channelId];
    bytes4 reason = _fault(channel, channelId, cumulative, signature);
    if (reason != bytes4(0)) _raise(reason, channel, channelId, cumulative);
    epochs.credit(msg.sender, _collect(channel, channelId, cumulative));
  }

  /// @inheritdoc IChannels
  function collectMany(SignedVoucher[] calldata vouchers) external override nonReentrant returns (uint256 total) {
    for (uint256 i = 0; i < vouchers.length; ++i) {
      SignedVoucher calldata voucher = vouchers[i];
      Channel storage channel = _channels[voucher.channelId];
      bytes4 reason = _fault(channel, voucher.channelId, voucher.cumulative, voucher.signature);
      if (reason != bytes4(0)) emit VoucherRejected(voucher.channelId, voucher.cumulative, reason);
      else total += _collect(channel, voucher.channelId, voucher.cumulative);
    }
    if (total == 0) revert NothingCollected();
    epochs.credit(msg.sender, SafeCast.toUint96(total));
  }

  /// @inheritdoc IChannels
  function startThaw(bytes32 channelId) external override {
    Channel storage channel = _ofPayer(channelId);
    if (channel.closed) revert ChannelIsClosed(channelId);
    if (channel.thawEndsAt != 0) revert ChannelIsThawing(channelId);
    uint64 thawEndsAt = uint64(block.timestamp) + channel.thawPeriod;
    channel.thawEndsAt = thawEndsAt;
    emit ThawStarted(channelId, thawEndsAt);
  }

  /// @inheritdoc IChannels
  function cancelThaw(bytes32 channelId) external override {
    Channel storage channel = _ofPayer(channelId);
    if (channel.prepaid) revert ChannelIsPrepaid(channelId);
    if (channel.thawEndsAt == 0) revert NotThawing(channelId);
    channel.thawEndsAt = 0;
    emit ThawCancelled(channelId);
  }

  /// @inheritdoc IChannels
  function withdraw(bytes32 channelId, bool unwrap) external override nonReentrant returns (uint256 returned) {
    Channel storage channel = _ofPayer(channelId);
    uint64 thawEndsAt = channel.thawEndsAt;
    if (thawEndsAt == 0) revert NotThawing(channelId);
    if (block.timestamp < thawEndsAt) revert ThawNotOver(thawEndsAt);
    returned = _close(channel, channelId);
    if (unwrap) wopen.withdrawTo(msg.sender, returned);
    else wopen.safeTransfer(msg.sender, returned);
  }

  /// @inheritdoc IChannels
  function getChannel(bytes32 channelId) external view override returns (Channel memory) {
    return _channels[channelId];
  }

  /// @inheritdoc IChannels
  function channelIdOf(address payer, address gateway, bytes32 salt) public view override returns (bytes32) {
    return keccak256(abi.encode(address(this), payer, gateway, salt));
  }

  /// @inheritdoc IChannels
  function tillOf(address gateway, bool prepaid) public view override returns (address) {
    bytes32 creation = keccak256(abi.encodePacked(type(Till).creationCode, abi.encode(wopen)));
    return Create2.computeAddress(_tillSalt(gateway, prepaid), creation);
  }

  function _prepay(bytes32 channelId, Payment calldata payment) private {
    Channel storage channel = _channels[channelId];
    uint64 thawEndsAt = uint64(block.timestamp) + channel.thawPeriod;
    channel.prepaid = true;
    channel.thawEndsAt = thawEndsAt;
    emit Prepaid(channelId, payment.from, payment.nonce, payment.value);
    emit ThawStarted(channelId, thawEndsAt);
  }

  function _carryOut(Payment calldata payment, address till) private {
    wopen.transferWithAuthorization(
      payment.from,
      till,
      payment.value,
      payment.validAfter,
      payment.validBefore,
      payment.nonce,
      payment.v,
      payment.r,
      payment.s
    );
  }

  function _open(address payer, address gateway, bytes32 salt) private returns (bytes32 channelId) {
    if (gateway == address(0)) revert ZeroGateway();
    channelId = channelIdOf(payer, gateway, salt);
    Channel storage channel = _channels[channelId];
    if (channel.payer != address(0)) revert ChannelExists(channelId);
    uint32 thawPeriod = parameters.channelThaw();
    channel.payer = payer;
    channel.gateway = gateway;
    channel.thawPeriod = thawPeriod;
    emit ChannelOpened(channelId, payer, gateway, salt, thawPeriod);
  }

  function _deposit(bytes32 channelId, uint96 amount, address from) private {
    if (parameters.paused()) revert DepositsPaused();
    if (amount == 0) revert ZeroAmount();
    Channel storage channel = _channels[channelId];
    if (channel.payer == address(0)) revert UnknownChannel(channelId);
    if (channel.closed) revert ChannelIsClosed(channelId);
    if (channel.thawEndsAt != 0) revert ChannelIsThawing(channelId);
    channel.deposited += amount;
    emit Deposited(channelId, from, amount, channel.deposited);
  }

  function _collect(Channel storage channel, bytes32 channelId, uint128 cumulative) private returns (uint96 amount) {
    // Checked against the deposit, which fits 96 bits.
    uint96 next = uint96(cumulative);
    amount = next - channel.collected;
    channel.collected = next;
    emit Collected(channelId, msg.sender, amount, cumulative);
    if (!channel.prepaid) return amount;
    uint256 returned = _close(channel, channelId);
    if (returned > 0) wopen.safeTransfer(channel.payer, returned);
  }

  /// @return returned what the caller has to pay to the payer
  function _close(Channel storage channel, bytes32 channelId) private returns (uint256 returned) {
    uint96 collected = channel.collected;
    returned = channel.deposited - collected;
    channel.deposited = collected;
    channel.thawEndsAt = 0;
    channel.closed = true;
    emit ChannelClosed(channelId, returned);
  }

  function _ofPayer(bytes32 channelId) private view returns (Channel storage channel) {
    channel = _channels[channelId];
    if (channel.payer == address(0)) revert UnknownChannel(channelId);
    if (channel.payer != msg.sender) revert NotPayer(channelId, msg.sender);
  }

  /// @return the selector of the error that a voucher would raise, or zero for a good one
  function _fault(
    Channel storage channel,
    bytes32 channelId,
    uint128 cumulative,
    bytes calldata signature
  ) private view returns (bytes4) {
    if (channel.payer == address(0)) return UnknownChannel.selector;
    if (channel.gateway != msg.sender) return NotGateway.selector;
    if (cumulative > channel.deposited) return VoucherAboveDeposit.selector;
    if (cumulative <= channel.collected) return VoucherNotAboveCollected.selector;
    if (channel.prepaid) return bytes4(0);
    bytes32 digest = _hashTypedDataV4(StatementHash.hashVoucher(channelId, cumulative));
    (address signer, , ) = ECDSA.tryRecoverCalldata(digest, signature);
    return signer == channel.payer ? bytes4(0) : BadVoucherSignature.selector;
  }

  function _raise(bytes4 reason, Channel storage channel, bytes32 channelId, uint128 cumulative) private view {
    if (reason == UnknownChannel.selector) revert UnknownChannel(channelId);
    if (reason == NotGateway.selector) revert NotGateway(channelId, msg.sender);
    if (reason == VoucherAboveDeposit.selector) revert VoucherAboveDeposit(cumulative, channel.deposited);
    if (reason == VoucherNotAboveCollected.selector) revert VoucherNotAboveCollected(cumulative, channel.collected);
    revert BadVoucherSignature(channelId);
  }

  function _tillSalt(address gateway, bool prepaid) private pure returns (bytes32) {
    return keccak256(abi.encode(gateway, prepaid));
  }
}
