// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IModels } from "../src/interfaces/IModels.sol";
import { Deployment, TrainingRun } from "../src/types/Statements.sol";
import { ChallengesTest } from "./Challenges.t.sol";
import { DemandsTest } from "./Demands.t.sol";
import { EpochCourtTest } from "./EpochCourt.t.sol";
import { EpochsTest } from "./Epochs.t.sol";
import { EquivocationTest } from "./Equivocation.t.sol";
import { InclusionCourtTest } from "./InclusionCourt.t.sol";
import { SummonsTest } from "./Summons.t.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";

// Everything that these suites test goes on while the ledger is paused. The ways out of Channels, Stakes and Guarantees are tested beside
// the deposits that a pause stops, in their own suites.

contract EpochsPausedTest is EpochsTest {
  function setUp() public override {
    super.setUp();
    pauseLedger();
  }
}

contract ChallengesPausedTest is ChallengesTest {
  function setUp() public override {
    super.setUp();
    pauseLedger();
  }
}

contract EpochCourtPausedTest is EpochCourtTest {
  function setUp() public override {
    super.setUp();
    pauseLedger();
  }
}

contract DemandsPausedTest is DemandsTest {
  function setUp() public override {
    super.setUp();
    pauseLedger();
  }
}

contract EquivocationPausedTest is EquivocationTest {
  function setUp() public override {
    super.setUp();
    pauseLedger();
  }
}

contract InclusionCourtPausedTest is InclusionCourtTest {
  function setUp() public override {
    super.setUp();
    pauseLedger();
  }
}

contract SummonsPausedTest is SummonsTest {
  function setUp() public override {
    super.setUp();
    pauseLedger();
  }
}

contract ModelsPausedTest is LedgerFixture {
  function test_pause_stopsRegistrationsOnly() public {
    vm.prank(owner);
    models.registerBase("base", "content");
    pauseLedger();
    vm.expectRevert(IModels.RegistrationsPaused.selector);
    models.registerBase("other", "content");
    TrainingRun memory run;
    vm.expectRevert(IModels.RegistrationsPaused.selector);
    models.registerAdapter(run, "content", "");
    Deployment memory deployment;
    vm.expectRevert(IModels.RegistrationsPaused.selector);
    models.deploy(deployment, "");
    vm.prank(owner);
    models.moveContent("base", "elsewhere");
    assertEq(models.getBase("base").contentHash, "elsewhere", "what is registered can be changed");
    parameters.unpause();
    models.registerBase("other", "content");
  }
}
