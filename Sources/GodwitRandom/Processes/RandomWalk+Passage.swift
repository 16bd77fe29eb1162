import GodwitKernels
import RealModule

extension RandomWalk {
  /// The probability that the walk is at `level` for the first time after `steps` steps, level ≠ 0: |level| / n P(Sₙ = level).
  ///
  /// The hitting time theorem; van der Hofstad and Keane 2008, "An elementary proof of the hitting time theorem".
  ///
  /// - Precondition: the level is not 0: see `firstReturn(after:)`.
  public func firstPassage(to level: Int, after steps: Int) -> Double {
    require(level != 0, "firstPassage: the level is 0, where the walk begins")
    if steps == 0 { return 0 }
    return Double(level.magnitude) / Double(steps) * probability(at: level, after: steps)
  }

  /// The probability that the walk is back at 0 for the first time after `steps` steps: P(S₂ₘ = 0) / (2m − 1).
  public func firstReturn(after steps: Int) -> Double {
    if steps < 2 { return 0 }
    return probability(at: 0, after: steps) / Double(steps - 1)
  }

  /// The probability of ever being at `level`: 1 where the drift leads there or p = ½, else (p / q)^|level| or its inverse.
  public func probabilityOfReaching(_ level: Int) -> Double {
    if level == 0 { return 1 }
    let odds = level > 0 ? up / down : down / up
    return odds >= 1 ? 1 : .exp(Double(level.magnitude) * (level > 0 ? -logOdds : logOdds))
  }

  /// ln of `probabilityOfReaching`, also where that underflows.
  public func logProbabilityOfReaching(_ level: Int) -> Double {
    if level == 0 || (level > 0 ? up >= down : down >= up) { return 0 }
    return Double(level.magnitude) * (level > 0 ? -logOdds : logOdds)
  }

  /// The probability of ever coming back to 0: 1 − |p − q|.
  public var probabilityOfReturn: Double { 2 * min(up, down) }

  /// The probability of coming back to 0 within `steps` steps: 1 − E|Sₙ| / n, by the ballot theorem; 1 − P(Sₙ = 0) where p = ½
  /// and n is even.
  public func probabilityOfReturn(within steps: Int) -> Double {
    if steps < 2 { return 0 }
    let (rarer, behind) = up < down ? (up, survival(0, after: steps - 1)) : (down, cdf(-1, after: steps - 1))
    // 1 − |p − q| (1 − 2 behind − P(Sₙ₋₁ = 0)) without the 1, as the result may be small.
    let against = 2 * behind + probability(at: 0, after: steps - 1)
    return 2 * rarer + abs(drift) * against - probability(at: 0, after: steps - steps % 2)
  }

  /// ln(q / p), to relative accuracy also where p is near ½.
  var logOdds: Double {
    abs(drift) < 0.5 ? .log(onePlus: -drift / up) : .log(down / up)
  }

  // MARK: The extremes

  /// The probability that the last of the times 0 to `steps` at which the walk is at 0 is `time`.
  ///
  /// P(S = 0 at that time) E|Sₘ| / m for the m steps that remain, by the ballot theorem; where p = ½ and n is even that is
  /// the arcsine law u₂ₖ u₂ₙ₋₂ₖ.
  public func lastZero(at time: Int, in steps: Int) -> Double {
    if time < 0 || time > steps || time % 2 != 0 { return 0 }
    let rest = steps - time
    let stays = rest == 0 ? 1 : meanDistance(after: rest) / Double(rest)
    return probability(at: 0, after: time) * stays
  }

  /// ln of `lastZero`, also where that underflows.
  public func logLastZero(at time: Int, in steps: Int) -> Double {
    if time < 0 || time > steps || time % 2 != 0 { return -.infinity }
    let rest = steps - time
    let stays = rest == 0 ? 1 : meanDistance(after: rest) / Double(rest)
    return logProbability(at: 0, after: time) + .log(stays)
  }

  /// P(M ≥ level) for the maximum M of the places at the times 0 to `steps`.
  ///
  /// P(S ≥ level) + (p/q)^level P(S < −level), by the reflection of the path after it first reaches the level.
  public func maximum(atLeast level: Int, in steps: Int) -> Double {
    if level <= 0 { return 1 }
    if level > steps { return 0 }
    if probability == 0 || probability == 1 { return probability }
    // Of a fair walk both are rounded once, and the sum of fractions of few steps is exact.
    let reflected = probability == 0.5 ? cdf(-level - 1, after: steps) : .exp(logReflected(level, steps))
    return min(survival(level - 1, after: steps) + reflected, 1)
  }

  /// ln P(M ≥ level), also where the probability underflows.
  package func logMaximum(atLeast level: Int, in steps: Int) -> Double {
    if level <= 0 { return 0 }
    if level > steps || probability == 0 { return -.infinity }
    if probability == 1 { return 0 }
    let (reached, reflected) = (logSurvival(level - 1, after: steps), logReflected(level, steps))
    return min(max(reached, reflected) + .log(onePlus: .exp(-abs(reached - reflected))), 0)
  }

  /// ln((p/q)^level P(S < −level)): the factor may overflow where the probability underflows.
  private func logReflected(_ level: Int, _ steps: Int) -> Double {
    let probability = logCDF(-level - 1, after: steps)
    return probability == -.infinity ? probability : probability - Double(level) * logOdds
  }

  /// P(M = level) for the maximum M of the places at the times 0 to `steps`; P(S = level) + P(S = level + 1) where p = ½.
  ///
  /// Of the paths to r − j with the maximum r there are (r + j + 1) / (n + 1) as many as paths of n + 1 steps to r + j + 1.
  ///
  /// - Complexity: O(1) where p = ½, else O(n).
  public func maximum(exactly level: Int, in steps: Int) -> Double {
    if level < 0 || level > steps { return 0 }
    if probability == 1 { return level == steps ? 1 : 0 }
    if probability == 0.5 {
      return probability(at: level, after: steps) + probability(at: level + 1, after: steps)
    }
    if probability == 0 { return level == 0 ? 1 : 0 }
    let law = downSteps(in: steps + 1)
    let factor = -Double(level) * logOdds - .log(down)
    return compensatedSum(
      ((steps + 1 + level) / 2 + 1...steps + 1).lazy.map { (stepsDown: Int) -> Double in
        let place = 2 * stepsDown - steps - 1
        return Double(place) / Double(steps + 1) * .exp(law.logProbability(of: stepsDown) + factor)
      })
  }
}
