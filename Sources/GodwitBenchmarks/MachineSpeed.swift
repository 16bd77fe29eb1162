/// What the machine can do at most, with a number of threads.
public struct MachineSpeed: Sendable, Hashable {
  /// Multiplications and additions per second.
  public let operationsPerSecond: Double
  /// Bytes per second to and from memory.
  public let bytesPerSecond: Double

  public init(operationsPerSecond: Double, bytesPerSecond: Double) {
    self.operationsPerSecond = operationsPerSecond
    self.bytesPerSecond = bytesPerSecond
  }

  /// The least time for work that needs so much: arithmetic and memory traffic can overlap, so the longer of the two.
  func seconds(_ floor: Benchmark.Floor) -> Double {
    max(floor.operations / operationsPerSecond, floor.bytes / bytesPerSecond)
  }
}
