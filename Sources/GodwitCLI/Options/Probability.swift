import ArgumentParser

/// A number as people write probabilities: 0.25, 1/4, 18/38.
struct Probability: ExpressibleByArgument, Hashable {
  /// The nearest number; it need not be a probability, as the command says which ones make sense.
  let value: Double

  /// Nil if the text is neither a number nor one divided by another.
  init?(argument text: String) {
    let sides = text.split(separator: "/", omittingEmptySubsequences: false).map { side in
      Double(side.filter { $0 != " " })
    }
    guard sides.count <= 2, let first = sides[0], let last = sides[sides.count - 1] else { return nil }
    let quotient = sides.count == 1 ? first : first / last
    // 0 / 0 has a sign, which would be told.
    value = quotient.isNaN ? .nan : quotient
  }
}
