import GodwitRandom

/// The steps of a walk by chance, one after the other.
struct WalkSteps {
  /// Those of 64 steps, set where a step leads up.
  private let bits: BernoulliBits

  init(of walk: RandomWalk) { bits = BernoulliBits(probability: walk.probability) }

  /// The place after a number of steps from 0.
  func end(after steps: Int, using generator: inout Philox) -> Int {
    var (up, rest) = (0, steps)
    while rest > 0 && !Interruption.isRequested {
      let word = bits.next(using: &generator)
      up += (rest >= 64 ? word : word & (1 << rest - 1)).nonzeroBitCount
      rest -= 64
    }
    return 2 * up - steps
  }

  /// The places at some times, in rising order; all of them, also where Ctrl-C came before.
  ///
  /// - Complexity: O(times + the last of them / 64).
  func places(at times: [Int], using generator: inout Philox) -> [Int] {
    var (up, begin, word, places) = (0, 0, bits.next(using: &generator), [Int]())
    for time in times {
      while time - begin >= 64 {
        up += word.nonzeroBitCount
        begin += 64
        word = bits.next(using: &generator)
      }
      places.append(2 * (up + (word & (1 << (time - begin) - 1)).nonzeroBitCount) - time)
    }
    return places
  }

  /// Gives `visit` the time and the place after each step, until it does not want any more.
  func walk(
    from start: Int = 0, steps: Int = .max, using generator: inout Philox, _ visit: (_ time: Int, _ place: Int) -> Bool
  ) {
    var (time, place) = (0, start)
    while time < steps && !Interruption.isRequested {
      var word = bits.next(using: &generator)
      for _ in 0..<min(64, steps - time) {
        place += word & 1 == 1 ? 1 : -1
        word >>= 1
        time += 1
        if !visit(time, place) { return }
      }
    }
  }
}

extension WalkQuestion {
  /// Whether it is so once, by chance: a walk is made, step by step.
  func occurs(_ walker: WalkSteps, using generator: inout Philox) -> Bool {
    var isSo = false
    switch self {
    case .at(let place, let steps): return walker.end(after: steps, using: &generator) == place
    case .atLeast(let place, let steps): return walker.end(after: steps, using: &generator) >= place
    case .atMost(let place, let steps): return walker.end(after: steps, using: &generator) <= place
    case .firstAt(let place, let steps):
      walker.walk(steps: steps, using: &generator) { time, here in
        isSo = here == place && time == steps
        return here != place
      }
    case .reach(let place, let steps):
      if place == 0 { return true }
      walker.walk(steps: steps ?? .max, using: &generator) { _, here in
        isSo = here == place
        return !isSo
      }
    case .lastZero(let time, let steps):
      isSo = time == 0
      walker.walk(steps: steps, using: &generator) { now, here in
        if here == 0 { isSo = now == time }
        return here != 0 || now <= time
      }
    case .comeBack(let steps):
      walker.walk(steps: steps ?? .max, using: &generator) { _, here in
        isSo = here == 0
        return !isSo
      }
    case .comeBackOnLattice(let lattice, let steps):
      return lattice.sampleReturn(within: steps ?? .max, using: &generator) != nil
    case .ruin(let start, let goal):
      if start == 0 || start == goal { return start == goal }
      walker.walk(from: start, using: &generator) { _, here in
        isSo = here == goal
        return here != 0 && here != goal
      }
    }
    return isSo
  }
}
