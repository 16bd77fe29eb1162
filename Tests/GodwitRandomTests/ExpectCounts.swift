import Testing

@testable import GodwitRandom

/// Expects that Pearson's χ² of counts does not exceed what one of 10⁷ experiments does, if the probabilities are these.
func expectCounts(
  _ counts: [Int], _ probabilities: [Double], sourceLocation: SourceLocation = #_sourceLocation
) {
  let total = Double(counts.reduce(0, +))
  let scale = total / probabilities.reduce(0, +)
  let square = zip(counts, probabilities).reduce(0.0) {
    $0 + (Double($1.0) - scale * $1.1) * (Double($1.0) - scale * $1.1) / (scale * $1.1)
  }
  let tail = incompleteGamma(Double(counts.count - 1) / 2, square / 2).upper
  #expect(tail > 1e-7, "χ² is \(square) of \(counts.count) counts", sourceLocation: sourceLocation)
}
