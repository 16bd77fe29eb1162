/// A process of events, each of which has a mark drawn from a law, independent of the others.
///
/// Where the events are Poisson at the rate λ, those with the mark i are Poisson at the rate λ P(mark = i), and the processes of
/// different marks are independent of each other (Kingman 1993, chapter 5.1).
public struct MarkedProcess<Base: EventProcess, Marks: Distribution>: Sendable {
  public let base: Base
  public let marks: Marks

  public init(_ base: Base, marks: Marks) { (self.base, self.marks) = (base, marks) }

  /// The events of a window, in the order of their times.
  public func events(
    in window: Range<Double>, using generator: inout some RandomNumberGenerator
  ) throws(IntensityError) -> [MarkedEvent<Marks.Value>] {
    let times = try base.times(in: window, using: &generator)
    return zip(times, marks.samples(times.count, using: &generator)).map { MarkedEvent(time: $0, mark: $1) }
  }

  /// The process of the events that are kept; what else happens is not seen.
  public func keeping(
    where isKept: @escaping @Sendable (MarkedEvent<Marks.Value>) -> Bool
  ) -> ThinnedProcess<Base, Marks> {
    ThinnedProcess(marked: self, isKept: isKept)
  }
}

/// The events of a marked process that are kept, by their marks or their times.
public struct ThinnedProcess<Base: EventProcess, Marks: Distribution>: EventProcess {
  let marked: MarkedProcess<Base, Marks>
  let isKept: @Sendable (MarkedEvent<Marks.Value>) -> Bool

  public func times(in window: Range<Double>, using generator: inout some RandomNumberGenerator) throws(IntensityError)
    -> [Double]
  {
    try marked.events(in: window, using: &generator).filter(isKept).map(\.time)
  }
}

extension MarkedProcess where Base == PoissonProcess, Marks: DiscreteDistribution {
  /// The law of the events with one mark.
  public func process(ofMark mark: Int) throws(ParameterError) -> PoissonProcess {
    try base.thinned(keeping: marks.probability(of: mark))
  }
}
