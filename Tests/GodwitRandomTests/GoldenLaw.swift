import Foundation
import Testing

/// One choice of a law's parameters with what mpmath has for it, as `Scripts/golden/distributions.py` writes it.
struct GoldenLaw {
  struct Row {
    let x: Double
    /// The mass or the density; where it is below the normal numbers its logarithm says more.
    let mass, logMass: Double
    let cdf, survival: Double
    /// A probability and its quantile; NaN where there is none.
    let probability, quantile: Double

    fileprivate init(_ numbers: ArraySlice<Double>) {
      let numbers = Array(numbers)
      x = numbers[0]
      (mass, logMass) = numbers[1] < 0 ? (exp(numbers[1]), numbers[1]) : (numbers[1], log(numbers[1]))
      let smaller = numbers[2].magnitude
      (cdf, survival) = numbers[2].sign == .plus ? (smaller, 1 - smaller) : (1 - smaller, smaller)
      (probability, quantile) = (numbers[3], numbers[4])
    }
  }

  let parameters: [Double]
  let rows: [Row]

  static func all(of name: String) throws -> [GoldenLaw] {
    let numbers = try GoldenTable("law-\(name)", columns: 1).rows.map { $0[0] }
    var laws: [GoldenLaw] = []
    var place = 0
    while place < numbers.count {
      let first = place + 1 + Int(numbers[place])
      let end = first + 1 + 5 * Int(numbers[first])
      laws.append(
        GoldenLaw(
          parameters: Array(numbers[place + 1..<first]),
          rows: stride(from: first + 1, to: end, by: 5).map { Row(numbers[$0..<$0 + 5]) }))
      place = end
    }
    return laws
  }
}
