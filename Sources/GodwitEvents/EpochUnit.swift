/// The unit of numbers that are as great as the time since 1970 in it.
public enum EpochUnit: String, Sendable, CaseIterable {
  case seconds, milliseconds, microseconds, nanoseconds

  /// The length of one in seconds.
  public var length: Double {
    switch self {
    case .seconds: 1
    case .milliseconds: 1e-3
    case .microseconds: 1e-6
    case .nanoseconds: 1e-9
    }
  }

  /// The unit in which all numbers of a range are times from 1979 to 2103; no unit shares a number with another.
  init?(_ least: Double, _ greatest: Double) {
    let unit = EpochUnit.allCases.first { least * $0.length >= 3e8 && greatest * $0.length <= 4.2e9 }
    guard let unit else { return nil }
    self = unit
  }
}
