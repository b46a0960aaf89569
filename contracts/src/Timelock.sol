// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { TimelockController } from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title Timelock
/// @notice Carries out what the governor decided, after a delay in which whoever disagrees can leave. It owns Parameters. Only the governor
/// schedules and cancels, anyone carries out what is due, and nobody is its administrator but itself.
contract Timelock is TimelockController {
  /// @notice No decision can make the delay longer.
  uint256 public constant MAX_DELAY = 30 days;

  /// @notice The delay at creation. No decision can make it shorter.
  uint256 public immutable minimumDelay;
  /// @notice The governor that this timelock was made for.
  address public immutable governor;

  error DelayOutOfBounds(uint256 delay, uint256 minimum, uint256 maximum);
  error ZeroGovernor();

  /// @param delay seconds between a decision and when it is carried out, 1 to `MAX_DELAY`
  constructor(
    uint256 delay,
    address governor_
  ) TimelockController(delay, _only(governor_), _only(address(0)), address(0)) {
    if (governor_ == address(0)) revert ZeroGovernor();
    if (delay == 0 || delay > MAX_DELAY) revert DelayOutOfBounds(delay, 1, MAX_DELAY);
    minimumDelay = delay;
    governor = governor_;
  }

  /// @notice Takes over a contract that was offered to this timelock; anyone may call it.
  function acceptOwnership(Ownable2Step offered) external {
    offered.acceptOwnership();
  }

  /// @notice Changes the delay, inside its bounds; by a decision.
  function updateDelay(uint256 newDelay) public override {
    if (newDelay < minimumDelay || newDelay > MAX_DELAY) revert DelayOutOfBounds(newDelay, minimumDelay, MAX_DELAY);
    super.updateDelay(newDelay);
  }

  function _only(address account) private pure returns (address[] memory list) {
    list = new address[](1);
    list[0] = account;
  }
}
