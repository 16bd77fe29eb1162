import GodwitModels

/// The forms of a mixer are further apart than rounding explains.
public struct FormsDiffer: Error, Sendable, Hashable, CustomStringConvertible {
  /// The name of the mixer, with its settings.
  public let mixer: String
  /// ‖difference‖ / ‖output of the parallel form‖; not a number where one of them holds such.
  public let difference: Double

  public var description: String {
    "the forms of the mixer \(mixer) differ by \(Quantity.rounded(difference)) of the output; expected at most "
      + "\(Quantity.rounded(ComparedLayer.greatestDifference)). This is a fault of the mixer: do not use it, and please "
      + "report it"
  }
}
