import Foundation
import GodwitRandom
import Testing

@Suite struct SpecialFunctionTests {
  static let functions: [(name: String, function: @Sendable (Double) -> Double)] = [
    ("logOnePlusMinus", logOnePlusMinus), ("deviance", { deviance(1 + $0, mean: 1, difference: $0) }),
    ("expMinusOneMinus", expMinusOneMinus),
    ("stirlingRemainder", stirlingRemainder), ("digamma", digamma), ("trigamma", trigamma), ("scaledErfc", scaledErfc),
    ("logGammaStep", { logGammaStep(1, $0) }), ("logBeta", { logBeta($0, 3.7) }),
    ("logBeta of a half", { logBeta($0, $0 / 2) }),
  ]

  @Test(arguments: functions.indices) func elementaryFunctionsAgree(index: Int) throws {
    let (name, function) = Self.functions[index]
    var worst = WorstError(name)
    for row in try GoldenTable("functions", columns: 3).rows where Int(row[0]) == index {
      // They enter exponents, and some have zeros.
      let scale = ["digamma", "stirlingRemainder", "logBeta"].contains(name) ? max(1, abs(row[2])) : abs(row[2])
      worst.compare(function(row[1]), row[2], scale: scale, at: "\(row[1])")
    }
    worst.expectAllowed()
  }

  @Test func incompleteGammaAgrees() throws {
    var worst = ["P", "Q", "ln P", "ln Q", "quantile of P", "quantile of Q"].map {
      WorstError("incomplete gamma, \($0)")
    }
    for row in try GoldenTable("gamma", columns: 8).rows {
      let (a, x) = (row[0], row[1])
      let tails = incompleteGamma(a, x)
      let place = "a \(a), x \(x)"
      worst[0].compare(tails.lower, row[2], logProbability: row[4], at: place)
      worst[1].compare(tails.upper, row[3], logProbability: row[5], at: place)
      compareLogs(&worst[2], tails.logLower, row[4], at: place)
      compareLogs(&worst[3], tails.logUpper, row[5], at: place)
      if row[2] < 0.6 {
        let got = inverseIncompleteGamma(a, lower: row[2], upper: 1 - row[2])
        let scale = quantileScale(row[6], row[2], logDensity: gammaLogDensity(a, x))
        worst[4].compare(got, row[6], logProbability: row[4], scale: scale, at: place)
      }
      if row[3] < 0.6 {
        let got = inverseIncompleteGamma(a, lower: 1 - row[3], upper: row[3])
        let scale = quantileScale(row[7], row[3], logDensity: gammaLogDensity(a, x))
        worst[5].compare(got, row[7], logProbability: row[5], scale: scale, at: place)
      }
    }
    for worst in worst { worst.expectAllowed() }
  }

  @Test func incompleteBetaAgrees() throws {
    var worst = ["I", "1 − I", "ln I", "ln(1 − I)", "quantile of I", "quantile of 1 − I"].map {
      WorstError("incomplete beta, \($0)")
    }
    for row in try GoldenTable("beta", columns: 9).rows {
      let (a, b, x) = (row[0], row[1], row[2])
      let tails = incompleteBeta(a, b, x: x, y: 1 - x)
      let place = "a \(a), b \(b), x \(x)"
      let logit = betaDensity(a, b, x: x, y: 1 - x)
      let density = log(logit.factor) + logit.exponent - log(1 - x)  // of ln X
      worst[0].compare(tails.lower, row[3], logProbability: row[5], at: place)
      worst[1].compare(tails.upper, row[4], logProbability: row[6], at: place)
      compareLogs(&worst[2], tails.logLower, row[5], at: place)
      compareLogs(&worst[3], tails.logUpper, row[6], at: place)
      if row[3] < 0.6 {
        let got = inverseIncompleteBeta(a, b, lower: row[3], upper: 1 - row[3]).x
        let scale = quantileScale(row[7], row[3], logDensity: density)
        worst[4].compare(got, row[7], logProbability: row[5], scale: scale, at: place)
      }
      if row[4] < 0.6 {
        let got = inverseIncompleteBeta(a, b, lower: 1 - row[4], upper: row[4]).x
        let scale = quantileScale(row[8], row[4], logDensity: density)
        worst[5].compare(got, row[8], logProbability: row[6], scale: scale, at: place)
      }
    }
    for worst in worst { worst.expectAllowed() }
  }

  /// What the test holds a quantile x of p to. A relative change of p by 10⁻¹⁵ moves x by κ · 10⁻¹⁵ with κ = p / (x f(x)).
  private func quantileScale(_ x: Double, _ tail: Double, logDensity: Double) -> Double {
    abs(x) * max(1, tail / exp(logDensity) / 100)
  }

  /// An error of ln p is one of p, relative to ln p where that is greater than 1; near p = 1 it is −(1 − p), another tail.
  private func compareLogs(_ worst: inout WorstError, _ got: Double, _ want: Double, at place: String) {
    worst.compare(
      got, want, logProbability: abs(want) < 0.5 ? log(abs(want)) : 0,
      scale: abs(want) < 0.5 ? abs(want) : max(1, abs(want)),
      at: place)
  }

  @Test func normalTailsAgree() throws {
    var worst = ["upper", "ln upper", "quantile"].map { WorstError("normal, \($0)") }
    for row in try GoldenTable("normal", columns: 4).rows {
      let tails = normalTails(row[0])
      worst[0].compare(tails.upper, row[1], logProbability: row[2], at: "\(row[0])")
      compareLogs(&worst[1], tails.logUpper, row[2], at: "\(row[0])")
      #expect(normalTails(-row[0]).lower == tails.upper)
      if row[1] < 0.6 {
        worst[2].compare(-normalQuantile(row[1]), row[3], scale: max(abs(row[3]), 1e-30), at: "\(row[0])")
      }
    }
    for worst in worst { worst.expectAllowed() }
  }

  @Test func worstErrorFindsWhatIsWrong() {
    var worst = WorstError("planted")
    worst.compare(1 + 2e-13, 1, at: "one")
    #expect(worst.excess > 1.9 && worst.description.contains("one"))
    worst.compare(.nan, 1, at: "nan")
    #expect(worst.excess == .infinity)
  }
}
