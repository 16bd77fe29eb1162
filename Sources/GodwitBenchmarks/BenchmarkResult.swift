/// What a benchmark measured.
public struct BenchmarkResult: Sendable {
  public let name: String
  /// Wall seconds of one call: the median and the least of the repetitions.
  public let medianSeconds: Double
  public let minSeconds: Double
  public let work: Double
  public let unit: String
  /// The least time that the machine allows, measured in the same run; nil where no bound is known.
  public let floorSeconds: Double?
  public let threads: Int
  public let repetitions: Int

  /// How near the median is to the floor: 1 is reached by nothing real.
  public var fractionOfFloor: Double? { floorSeconds.map { $0 / medianSeconds } }

  /// Work for each second, by the median.
  public var rate: Double { work / medianSeconds }
}
