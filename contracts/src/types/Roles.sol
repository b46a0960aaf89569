// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What a bond stands for.
enum Role {
  Node,
  Gateway,
  Auditor
}

/// @notice What a court has proven about a bond's owner.
enum Fault {
  WrongEpoch,
  Equivocation,
  WrongAttribution,
  MissingAttribution,
  BrokenPromise,
  WrongExecution,
  WithheldExecution,
  SilentAuditor
}
