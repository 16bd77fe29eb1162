import GodwitModels
import GodwitRandom

extension WalkQuestion {
  /// What is asked.
  var text: String {
    switch self {
    case .at(let place, _): "P(S = \(place))"
    case .atLeast(let place, _): "P(S ≥ \(place))"
    case .atMost(let place, _): "P(S ≤ \(place))"
    case .firstAt(0, let steps): "P(first back at 0 after \(Quantity.counted(steps, "step")))"
    case .firstAt(let place, let steps): "P(first at \(place) after \(Quantity.counted(steps, "step")))"
    case .reach(let place, let steps): "P(reach \(place)\(Self.within(steps)))"
    case .lastZero(let time, let steps):
      "P(last at 0 after \(Quantity.grouped(time)) of \(Quantity.counted(steps, "step")))"
    case .comeBack(let steps), .comeBackOnLattice(_, let steps): "P(return\(Self.within(steps)))"
    case .ruin(_, let goal): "P(\(goal) before 0)"
    }
  }

  private static func within(_ steps: Int?) -> String { steps.map { " within \(Quantity.counted($0, "step"))" } ?? "" }

  /// The formula of the answer for a walk.
  func formula(_ walk: RandomWalk) -> String {
    let isFair = walk.drift == 0
    switch self {
    case .at(let place, let steps): return Self.mass(place, steps, isFair)
    case .atLeast(let place, let steps): return Self.sum("≥\((steps + place + 1) >> 1)", steps, isFair)
    case .atMost(let place, let steps): return Self.sum("≤\((steps + place) >> 1)", steps, isFair)
    case .firstAt(let place, let steps):
      let mass = Self.mass(place, steps, isFair)
      if steps == 0 || mass == "0" { return "0" }
      return place == 0 ? "1/\(steps - 1) " + mass : "\(abs(place))/\(steps) " + mass
    case .reach(let place, nil):
      let against = place > 0 ? "p/q" : "q/p"
      return walk.probabilityOfReaching(place) == 1 ? "1" : "(\(against))^\(abs(place))"
    case .reach(let place, _?):
      let distance = abs(place)
      if place == 0 { return "1" }
      if isFair { return "P(S ≥ \(distance)) + P(S > \(distance))" }
      return place > 0
        ? "P(S ≥ \(place)) + (p/q)^\(distance) P(S < \(-distance))"
        : "P(S ≤ \(place)) + (q/p)^\(distance) P(S > \(distance))"
    case .lastZero(let time, let steps):
      if time % 2 != 0 || time > steps { return "0" }
      let rest = steps - time
      if isFair && rest % 2 == 0 { return "C(\(time), \(time / 2)) C(\(rest), \(rest / 2)) / 2^\(steps)" }
      let start = Self.mass(0, time, isFair)
      return rest == 0 ? start : start + " · E|S| / \(rest) of \(rest) steps"
    case .comeBack(nil): return isFair ? "1" : "1 − |p − q|"
    case .comeBack(let steps?):
      if steps < 2 { return "0" }
      return isFair ? "1 − P(S = 0 after \(Quantity.counted(steps - steps % 2, "step")))" : "1 − E|S| / \(steps)"
    case .comeBackOnLattice(let lattice, nil):
      return lattice.dimensions <= 2 ? "1" : "1 − 1 / Σ P(S = 0 after n steps)"
    case .comeBackOnLattice(_, let steps?):
      return "Σ_{n≤\(steps)} f(n), Σ f(n) xⁿ = 1 − 1 / Σ u(n) xⁿ"
    case .ruin(let start, let goal): return isFair ? "\(start)/\(goal)" : "(1 − (q/p)^\(start)) / (1 − (q/p)^\(goal))"
    }
  }

  /// The probability of a place, by the number of steps up that lead there.
  private static func mass(_ place: Int, _ steps: Int, _ isFair: Bool) -> String {
    if abs(place) > steps || (steps + place) % 2 != 0 { return "0" }
    let up = (steps + place) / 2
    return "C(\(steps), \(up)) " + (isFair ? "/ 2^\(steps)" : "p^\(up) q^\(steps - up)")
  }

  private static func sum(_ range: String, _ steps: Int, _ isFair: Bool) -> String {
    "Σ_{u\(range)} C(\(steps), u) " + (isFair ? "/ 2^\(steps)" : "pᵘ q^(\(steps) − u)")
  }

  /// Why the formula holds for a walk.
  func reason(_ walk: RandomWalk) -> String {
    switch self {
    case .at(let place, let steps): return "\(Quantity.counted((steps + place) / 2, "step")) up"
    case .atLeast(let place, let steps): return "\(Quantity.grouped((steps + place + 1) >> 1)) or more steps up"
    case .atMost(let place, let steps): return "\(Quantity.grouped((steps + place) >> 1)) or fewer steps up"
    case .firstAt(0, let steps):
      return "of the paths back to 0, one of \(Quantity.grouped(steps - 1)) is not there before"
    case .firstAt(let place, let steps):
      let few = "\(Quantity.grouped(abs(place))) of \(Quantity.grouped(steps)) \(abs(place) == 1 ? "is" : "are")"
      return "of the paths to \(place), \(few) not there before: the hitting time theorem"
    case .reach(0, _): return "the walk begins there"
    case .reach(let place, nil):
      if walk.drift == 0 { return "a fair walk reaches every place" }
      if walk.probabilityOfReaching(place) == 1 { return "the drift leads there" }
      return "each place on the way is reached from the one before with the same probability"
    case .reach(_, _?): return "paths that end there or beyond, and those that turned back, by reflection"
    case .lastZero(let time, let steps):
      let rest = Quantity.grouped(steps - time)
      return "at 0 after \(Quantity.counted(time, "step")), and no return in the other \(rest)"
    case .comeBack(nil): return walk.drift == 0 ? "a fair walk reaches every place" : "the drift leads away for good"
    case .comeBack(_?): return "that a walk does not return has the probability E|S| / n: the ballot theorem"
    case .comeBackOnLattice(let lattice, nil):
      return lattice.dimensions <= 2
        ? "the mean number of returns is infinite"
        : "the sum is the mean number of times at the start, the first included"
    case .comeBackOnLattice: return "returns u(n) = P(S = 0 after n steps) are first returns f or follow them"
    case .ruin: return walk.drift == 0 ? "S stays the same in the mean" : "(q/p)^S stays the same in the mean"
    }
  }

  /// Why an answer is 0, and what to ask instead; nil where it is not.
  var impossibility: String? {
    switch self {
    case .firstAt(0, steps: 0): return "the walk has not left 0 yet; give --steps 2 or more"
    case .at(let place, let steps), .atLeast(let place, let steps), .firstAt(let place, let steps):
      if place > steps || (place < -steps && !isTail) { return Self.noFurther(than: steps) }
      if isTail || (steps + place) % 2 == 0 { return nil }
      let kind = steps % 2 == 0 ? "even" : "odd"
      let others = [place - 1, place + 1].filter { abs($0) <= steps }.map(String.init).joined(separator: " or ")
      return "after \(Quantity.counted(steps, "step")) only \(kind) places can be reached; try \(others)"
    case .atMost(let place, let steps):
      return place < -steps ? Self.noFurther(than: steps) : nil
    case .lastZero(let time, let steps):
      if time > steps { return "the walk has \(Quantity.counted(steps, "step")) only" }
      let others = [time - 1, time + 1].filter { $0 <= steps }.map(String.init).joined(separator: " or ")
      return time % 2 == 0 ? nil : "the walk is at 0 after even numbers of steps only; try \(others)"
    case .reach(let place, let steps?):
      return abs(place) > steps ? Self.noFurther(than: steps) : nil
    default: return nil
    }
  }

  private static func noFurther(than steps: Int) -> String {
    let places = Quantity.counted(steps, "place")
    return "\(Quantity.counted(steps, "step")) \(steps == 1 ? "leads" : "lead") no further than \(places)"
  }

  private var isTail: Bool { if case .atLeast = self { true } else { false } }
}
