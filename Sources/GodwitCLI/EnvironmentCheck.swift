import ArgumentParser
import Foundation
import GodwitKernels

/// Refuses what the environment asks for and this machine cannot do, as a benchmark of the wrong kernels would mislead. What is
/// empty asks for nothing.
enum EnvironmentCheck {
  static func validate(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws {
    if let name = environment["GODWIT_ISA"], !name.isEmpty, InstructionSet(named: name) == nil {
      throw ValidationError("GODWIT_ISA is '\(name)'; this machine has \(InstructionSet.supportedNames)")
    }
    if let count = environment["GODWIT_THREADS"], !count.isEmpty, Int32(count).map({ $0 < 1 }) ?? true {
      throw ValidationError("GODWIT_THREADS is '\(count)'; expected a number of at least 1")
    }
  }
}
