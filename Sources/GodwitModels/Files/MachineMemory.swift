import Foundation

/// The memory of this machine.
enum MachineMemory {
  /// All of it, in bytes, whoever uses it.
  static var byteCount: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory) }
}
