/// What a benchmark measured.
public struct BenchmarkResult: Sendable {
  /// The benchmark's name.
  public let name: String
  /// Wall seconds of one call: the median of the repetitions.
  public let medianSeconds: Double
  /// Wall seconds of one call: the least of the repetitions.
  public let minSeconds: Double
  /// How much one call does, counted in `unit`.
  public let work: Double
  /// What `work` counts.
  public let unit: String
  /// The least time that the machine allows, measured in the same run; nil where no bound is known.
  public let floorSeconds: Double?
  /// The threads that were in force.
  public let threads: Int
  /// How often it was timed.
  public let repetitions: Int
  /// What else does the same work; nil where it is compared with nothing.
  public let reference: String?
  /// How many times as long the reference took, timed in turn: the median of the pairs.
  public let speedup: Double?

  /// How near the median is to the floor: 1 is reached by nothing real.
  public var fractionOfFloor: Double? { floorSeconds.map { $0 / medianSeconds } }

  /// Work for each second, by the median.
  public var rate: Double { work / medianSeconds }
}
