import Foundation

/// The memory of this machine.
package enum MachineMemory {
  /// All of it, in bytes, whoever uses it.
  package static var byteCount: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory) }
}
