import GodwitKernels

/// What the machine can do at most, with a number of threads.
package struct MachineSpeed: Sendable, Hashable {
  /// Multiplications and additions per second.
  package let operationsPerSecond: Double
  /// Bytes per second to and from memory.
  package let bytesPerSecond: Double

  package init(operationsPerSecond: Double, bytesPerSecond: Double) {
    self.operationsPerSecond = operationsPerSecond
    self.bytesPerSecond = bytesPerSecond
  }

  /// Measures what a floor is computed from; what it does not need counts as infinitely fast.
  package static func measured(for floor: Benchmark.Floor, threads: Int) -> MachineSpeed {
    MachineSpeed(
      operationsPerSecond: floor.operations > 0 ? measuredPeak(threads: threads) : .infinity,
      bytesPerSecond: floor.bytes > 0 ? measuredBandwidth(floor.traffic, threads: threads) : .infinity)
  }

  /// The least time for work that needs so much: arithmetic and memory traffic can overlap, so the longer of the two.
  func seconds(for floor: Benchmark.Floor) -> Double {
    max(floor.operations / operationsPerSecond, floor.bytes / bytesPerSecond)
  }
}
