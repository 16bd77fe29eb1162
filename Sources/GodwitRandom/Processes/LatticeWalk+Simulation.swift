import GodwitKernels

extension LatticeWalk {
  /// The place after `steps` steps.
  ///
  /// - Precondition: the number of steps is not negative.
  public func sample(after steps: Int, using generator: inout some RandomNumberGenerator) -> [Int] {
    var place = [Int](repeating: 0, count: dimensions)
    walk(steps, using: &generator) { axis, step in
      place[axis] += step
      return true
    }
    return place
  }

  /// The places at the times 0 to `steps`.
  ///
  /// - Precondition: the number of steps is not negative.
  public func path(of steps: Int, using generator: inout some RandomNumberGenerator) -> [[Int]] {
    var places = [[Int](repeating: 0, count: dimensions)]
    walk(steps, using: &generator) { axis, step in
      places.append(places[places.count - 1])
      places[places.count - 1][axis] += step
      return true
    }
    return places
  }

  /// How many of `walks` walks come back to the origin within `steps` steps: a binomial number, whose probability is
  /// `probabilityOfReturn(within:)`.
  ///
  /// On several threads; the number depends on the state of the generator only.
  ///
  /// - Precondition: neither number is negative.
  public func simulatedReturns(
    within steps: Int, walks: Int, using generator: inout some RandomNumberGenerator
  ) -> Int {
    let returned = walkers(walks, using: &generator) { (words: inout BufferedWords) in
      sampleReturn(within: steps, using: &words) != nil
    }
    return returned.count { $0 }
  }

  /// The time at which one walk is back at the origin for the first time; nil where that is not within `steps` steps. Its law is
  /// `firstReturns(upTo:)`.
  ///
  /// - Precondition: the number of steps is not negative.
  public func sampleReturn(within steps: Int, using generator: inout some RandomNumberGenerator) -> Int? {
    var place = [Int](repeating: 0, count: dimensions)
    var (distance, time) = (0, 0)
    walk(steps, using: &generator) { axis, step in
      distance += place[axis] * step < 0 ? -1 : 1
      place[axis] += step
      time += 1
      return distance > 0
    }
    return time > 0 && distance == 0 ? time : nil
  }

  /// Gives `visit` the axis and the direction, 1 or −1, of each of `steps` steps, until it does not want any more.
  func walk(
    _ steps: Int, using generator: inout some RandomNumberGenerator, _ visit: (_ axis: Int, _ step: Int) -> Bool
  ) {
    require(steps >= 0, "LatticeWalk: the number of steps is \(steps), expected 0 or more")
    var directions = RandomDigits(base: 2 * dimensions)
    for _ in 0..<steps {
      let direction = directions.next(using: &generator)
      if !visit(direction >> 1, 1 - 2 * (direction & 1)) { return }
    }
  }
}
