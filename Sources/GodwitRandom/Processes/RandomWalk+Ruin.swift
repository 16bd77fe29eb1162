import GodwitKernels
import RealModule

extension RandomWalk {
  /// The probability that a gambler with `start` units has `goal` units before none: (1 − (q/p)ⁱ) / (1 − (q/p)ᴺ), or i / N where
  /// p = ½.
  ///
  /// - Precondition: 0 ≤ start ≤ goal, goal > 0.
  public func probabilityOfGoal(_ goal: Int, from start: Int) -> Double {
    requireGame(goal, start)
    if start == 0 || start == goal { return start == 0 ? 0 : 1 }
    let (i, n) = (Double(start), Double(goal))
    return RandomWalk.goalProbability(i, n, logOdds)
  }

  /// ln of `probabilityOfGoal`, also where that underflows.
  ///
  /// - Precondition: 0 ≤ start ≤ goal, goal > 0.
  public func logProbabilityOfGoal(_ goal: Int, from start: Int) -> Double {
    requireGame(goal, start)
    if start == 0 || start == goal { return start == 0 ? -.infinity : 0 }
    return RandomWalk.logGoalProbability(Double(start), Double(goal), logOdds)
  }

  /// The probability that a gambler with `start` units has none before `goal` units.
  ///
  /// - Precondition: 0 ≤ start ≤ goal, goal > 0.
  public func probabilityOfRuin(goal: Int, from start: Int) -> Double {
    requireGame(goal, start)
    if start == 0 || start == goal { return start == 0 ? 1 : 0 }
    let (i, n) = (Double(start), Double(goal))
    return RandomWalk.goalProbability(n - i, n, -logOdds)
  }

  /// ln of `probabilityOfRuin`, also where that underflows.
  ///
  /// - Precondition: 0 ≤ start ≤ goal, goal > 0.
  public func logProbabilityOfRuin(goal: Int, from start: Int) -> Double {
    requireGame(goal, start)
    if start == 0 || start == goal { return start == 0 ? 0 : -.infinity }
    return RandomWalk.logGoalProbability(Double(goal - start), Double(goal), -logOdds)
  }

  /// (1 − eⁱᵒ) / (1 − eⁿᵒ) for the logarithm o of q / p, with no power above 1; also in the limits 0 and ±∞ of o.
  private static func goalProbability(_ i: Double, _ n: Double, _ odds: Double) -> Double {
    if odds == 0 { return i / n }
    if odds < 0 { return .expMinusOne(i * odds) / .expMinusOne(n * odds) }
    return .exp((i - n) * odds) * .expMinusOne(-i * odds) / .expMinusOne(-n * odds)
  }

  /// ln of `goalProbability`.
  private static func logGoalProbability(_ i: Double, _ n: Double, _ odds: Double) -> Double {
    odds > 0 ? (i - n) * odds + .log(goalProbability(i, n, -odds)) : .log(goalProbability(i, n, odds))
  }

  /// The mean number of games until a gambler with `start` units has none or `goal` units: (i − N P(goal)) / (q − p), or
  /// i (N − i) where p = ½.
  ///
  /// - Precondition: 0 ≤ start ≤ goal, goal > 0.
  public func meanGames(goal: Int, from start: Int) -> Double {
    requireGame(goal, start)
    if start == 0 || start == goal { return 0 }
    let drift = abs(self.drift)
    if drift == 0 { return Double(start) * Double(goal - start) }
    // Seen from the nearer end, where the two terms of the difference are never close unless |ln(q/p)| N is small.
    let nearer = min(start, goal - start)
    let towardsGoal = (nearer == start) == (self.drift > 0)
    let odds = towardsGoal ? -abs(logOdds) : abs(logOdds)
    let (i, n) = (Double(nearer), Double(goal))
    if abs(odds) * n < 1 {
      // With g(x) = (eˣ − 1) / x = ∫ eˣᵗ dt the duration is i (g(Nλ) − g(iλ)) / (g(Nλ) (q − p)), λ = ln(q/p).
      let difference = GaussLegendre.integral { .exp(i * odds * $0) * .expMinusOne((n - i) * odds * $0) }
      return i * difference * n * odds / (.expMinusOne(n * odds) * (towardsGoal ? -drift : drift))
    }
    return (i - n * RandomWalk.goalProbability(i, n, odds)) / (towardsGoal ? -drift : drift)
  }

  private func requireGame(_ goal: Int, _ start: Int) {
    require(
      goal > 0 && start >= 0 && start <= goal,
      "RandomWalk: the gambler starts with \(start) and aims at \(goal), expected 0 ≤ start ≤ goal and a goal above 0")
  }
}
