import GodwitRandom

/// A question about the walk on the whole numbers, or on a lattice, that has a probability for its answer.
enum WalkQuestion: Hashable {
  case at(Int, steps: Int)
  case atLeast(Int, steps: Int)
  case atMost(Int, steps: Int)
  /// There for the first time after so many steps; at 0 for the first time since the start.
  case firstAt(Int, steps: Int)
  /// At a place at some time, if there are steps not after them.
  case reach(Int, steps: Int?)
  /// At 0 after so many of the steps, and not after more.
  case lastZero(Int, steps: Int)
  /// Back at the start, if there are steps not after them.
  case comeBack(steps: Int?)
  /// As `comeBack`, of a walk in several dimensions.
  case comeBackOnLattice(LatticeWalk, steps: Int?)
  /// At a goal before 0, on the way from a start between.
  case ruin(start: Int, goal: Int)

  /// The most steps that are made, where there is such a number.
  var steps: Int? {
    switch self {
    case .at(_, let steps), .atLeast(_, let steps), .atMost(_, let steps), .firstAt(_, let steps),
      .lastZero(_, let steps):
      steps
    case .reach(_, let steps), .comeBack(let steps), .comeBackOnLattice(_, let steps): steps
    case .ruin: nil
    }
  }

  /// The answer for a walk.
  func probability(_ walk: RandomWalk) -> Double {
    switch self {
    case .at(let place, let steps): walk.probability(at: place, after: steps)
    case .atLeast(let place, let steps): walk.survival(place - 1, after: steps)
    case .atMost(let place, let steps): walk.cdf(place, after: steps)
    case .firstAt(0, let steps): walk.firstReturn(after: steps)
    case .firstAt(let place, let steps): walk.firstPassage(to: place, after: steps)
    case .reach(let place, nil): walk.probabilityOfReaching(place)
    case .reach(let place, let steps?): walk.towards(place).maximum(atLeast: abs(place), in: steps)
    case .lastZero(let time, let steps): walk.lastZero(at: time, in: steps)
    case .comeBack(nil): walk.probabilityOfReturn
    case .comeBack(let steps?): walk.probabilityOfReturn(within: steps)
    case .comeBackOnLattice(let lattice, nil): lattice.probabilityOfReturn
    case .comeBackOnLattice(let lattice, let steps?): lattice.probabilityOfReturn(within: steps)
    case .ruin(let start, let goal): walk.probabilityOfGoal(goal, from: start)
    }
  }

  /// The logarithm of the answer, where it is known though the answer may underflow.
  func logProbability(_ walk: RandomWalk) -> Double? {
    switch self {
    case .at(let place, let steps): walk.logProbability(at: place, after: steps)
    case .atLeast(let place, let steps): walk.logSurvival(place - 1, after: steps)
    case .atMost(let place, let steps): walk.logCDF(place, after: steps)
    case .firstAt(let place, let steps): walk.logFirst(at: place, after: steps)
    case .reach(let place, let steps?): walk.towards(place).logMaximum(atLeast: abs(place), in: steps)
    case .reach(let place, nil): walk.logProbabilityOfReaching(place)
    case .lastZero(let time, let steps): walk.logLastZero(at: time, in: steps)
    case .ruin(let start, let goal): walk.logProbabilityOfGoal(goal, from: start)
    case .comeBack, .comeBackOnLattice: nil
    }
  }

  /// What the central limit theorem says of the answer, where it says something: see `RandomWalk.hasNormalLimit(after:)`.
  func gaussian(_ walk: RandomWalk) -> Double? {
    guard let steps, walk.hasNormalLimit(after: steps) else { return nil }
    return switch self {
    case .at(let place, _): walk.gaussianProbability(at: place, after: steps)
    case .atLeast(let place, _): walk.mirrored.gaussianCDF(-place, after: steps)
    case .atMost(let place, _): walk.gaussianCDF(place, after: steps)
    default: nil
    }
  }

  /// Whether the central limit theorem is about the answer.
  var tendsToGaussian: Bool {
    switch self {
    case .at, .atLeast, .atMost: true
    default: false
    }
  }
}

extension RandomWalk {
  /// Whether the steps are enough for a normal law to resemble theirs.
  ///
  /// The walk is at every other place only. The density there, times the distance 2 of the places, is to approximate a
  /// probability, but is above 1 at variances below 2/π.
  func hasNormalLimit(after steps: Int) -> Bool { variance(after: steps) >= 1 }

  /// The walk with the steps up and down exchanged.
  fileprivate var mirrored: RandomWalk {
    guard let walk = try? RandomWalk(probability: 1 - probability) else {
      fatalError("RandomWalk: a probability of 1 - \(probability) is refused")
    }
    return walk
  }

  /// The walk on which a place is as far above 0 as on this one on its side of it.
  fileprivate func towards(_ place: Int) -> RandomWalk { place < 0 ? mirrored : self }

  /// ln of the probability of being at a place for the first time after `steps` steps, 0 for the first time since the start.
  fileprivate func logFirst(at place: Int, after steps: Int) -> Double? {
    if steps < (place == 0 ? 2 : 1) { return nil }
    let share = place == 0 ? 1 / Double(steps - 1) : Double(place.magnitude) / Double(steps)
    return logProbability(at: place, after: steps) + .log(share)
  }
}
