/// What a function that describes a process of events must not give.
public enum IntensityError: Error, Hashable, CustomStringConvertible {
  /// An intensity that is negative, NaN or above the bound.
  case outsideBound(time: Double, intensity: Double, bound: Double)
  /// Expected numbers of events up to the ends of a window that are not finite, or that fall.
  case notAscending(lower: Double, upper: Double, window: Range<Double>)
  /// An inverse that leads to a time up to which another number of events is expected.
  case notInverse(cumulated: Double, time: Double, found: Double)

  public var description: String {
    switch self {
    case .outsideBound(let time, let intensity, let bound):
      "the intensity at the time \(time) is \(intensity), expected 0 to the bound \(bound)"
    case .notAscending(let lower, let upper, let window):
      "the cumulated intensity is \(lower) at \(window.lowerBound) and \(upper) at \(window.upperBound), "
        + "expected finite numbers of which the second is not less"
    case .notInverse(let cumulated, let time, let found):
      "the inverse of the cumulated intensity leads from \(cumulated) to the time \(time), where it is \(found)"
    }
  }
}
