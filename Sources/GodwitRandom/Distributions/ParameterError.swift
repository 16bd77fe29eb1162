/// A parameter that a distribution does not have.
public struct ParameterError: Error, Hashable, CustomStringConvertible {
  public let distribution: String
  public let parameter: String
  public let value: String
  /// What the parameter has to be.
  public let expected: String

  public var description: String { "\(distribution): \(parameter) is \(value), expected \(expected)" }

  /// Throws unless `condition` holds, as no comparison with NaN does.
  static func check<Law>(
    _ condition: Bool, _ law: Law.Type, _ parameter: String, _ value: some Any, _ expected: String
  ) throws(ParameterError) {
    if !condition {
      throw ParameterError(
        distribution: "\(law)", parameter: parameter, value: "\(value)", expected: expected)
    }
  }
}
