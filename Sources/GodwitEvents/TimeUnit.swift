import GodwitModels

/// A unit of time.
package struct TimeUnit: Hashable {
  package let name: String
  package let seconds: Double

  /// What the units are called, the name to be shown first, from the shortest to the longest.
  private static let names: [(names: [String], seconds: Double)] = [
    (["ms", "millisecond", "milliseconds"], 1e-3), (["s", "sec", "second", "seconds"], 1),
    (["min", "minute", "minutes"], 60), (["h", "hour", "hours"], 3600), (["day", "days", "d"], 86_400),
    (["week", "weeks"], 604_800), (["year", "years"], 31_557_600),
  ]

  package static let all = names.map { TimeUnit(name: $0.names[0], seconds: $0.seconds) }

  /// The units whose name a text ends with, and what is before it.
  package static func suffixes(of text: String) -> [(unit: TimeUnit, front: Substring)] {
    zip(all, names).flatMap { unit, entry in
      entry.names.filter(text.hasSuffix).map { (unit, text.dropLast($0.count)) }
    }
  }

  /// The unit in which a rate is a number of 1 or more: the shortest of them, or the longest of all.
  package static func fitting(ratePerSecond: Double) -> TimeUnit {
    all.first { ratePerSecond * $0.seconds >= 1 } ?? all[all.count - 1]
  }

  /// A time in the longest unit of which it is 1 or more.
  package static func text(seconds: Double) -> String {
    let unit = all.last { seconds >= $0.seconds } ?? all[0]
    let count = Quantity.rounded(seconds / unit.seconds)
    return "\(count) \(unit.name)" + (unit.seconds > 3600 && count != "1.00" ? "s" : "")
  }
}
