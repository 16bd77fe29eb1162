import Testing

@testable import GodwitCLI

@Suite struct EnvironmentTests {
  @Test(arguments: [("GODWIT_ISA", "sse9"), ("GODWIT_THREADS", "many"), ("GODWIT_THREADS", "0")])
  func whatCannotBeDoneIsRefused(name: String, value: String) throws {
    #expect { try EnvironmentCheck.validate([name: value]) } throws: { "\($0)".contains(value) }
  }

  @Test func whatCanBeDoneIsTaken() throws {
    try EnvironmentCheck.validate([:])
    try EnvironmentCheck.validate(["GODWIT_ISA": "sse2", "GODWIT_THREADS": "2"])
    try EnvironmentCheck.validate(["GODWIT_ISA": "", "GODWIT_THREADS": ""])
  }
}
