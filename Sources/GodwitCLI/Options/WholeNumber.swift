import ArgumentParser

/// Whole numbers as people write them: 100, -3, 1e6.
enum WholeNumber {
  /// The number that is meant; nil if it is no whole number of at most 10¹⁵.
  static func parse(_ text: some StringProtocol) -> Int? {
    guard let value = Int(text) ?? Double(text).flatMap(Int.init(exactly:)) else { return nil }
    return value.magnitude <= 1_000_000_000_000_000 ? value : nil
  }

  /// The number that an option gives.
  ///
  /// - Parameter least: the least that makes sense there, if not every number does.
  static func parse(_ text: String, _ option: String, least: Int? = nil) throws -> Int {
    guard let value = parse(text), value >= least ?? .min else {
      throw ValidationError(
        "\(option) \(text): expected a whole number, from \(least.map(String.init) ?? "-1e15") to 1e15")
    }
    return value
  }
}
