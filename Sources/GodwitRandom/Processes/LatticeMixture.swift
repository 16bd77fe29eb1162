/// The probabilities that a `LatticeWalk` is at a place, by the time: Σₖ P(K = k) Pᵦ(k) Pᵧ(m − k) after m steps, of which the
/// binomial number K goes along the first axes, and the others along the last two.
struct LatticeMixture {
  let dimensions: Int
  private let closedForm: (_ steps: Int) -> Double
  /// The laws of the first axes and of the last two, by the time; none where there is a closed form.
  private let parts: (first: [Double], last: [Double])?

  /// One axis, or two.
  init(first place: [Int]) {
    dimensions = place.count
    parts = nil
    closedForm =
      place.count == 1
      ? { RandomWalk.fair.probability(at: place[0], after: $0) } : LatticeMixture.plane(place[0], place[1])
  }

  /// Two axes more, for the times up to `steps`.
  init(of mixture: LatticeMixture, with place: [Int], upTo steps: Int) {
    dimensions = mixture.dimensions + 2
    closedForm = LatticeMixture.plane(place[0], place[1])
    parts = ((0...steps).map(mixture.probability(after:)), (0...steps).map(closedForm))
  }

  /// Along the diagonals the two walks are independent.
  private static func plane(_ x: Int, _ y: Int) -> (_ steps: Int) -> Double {
    let (sum, difference) = (x.addingReportingOverflow(y), x.subtractingReportingOverflow(y))
    if sum.overflow || difference.overflow { return { _ in 0 } }
    return {
      RandomWalk.fair.probability(at: sum.partialValue, after: $0)
        * RandomWalk.fair.probability(at: difference.partialValue, after: $0)
    }
  }

  /// - Complexity: O(√m) where the place is near the origin, else O(m).
  func probability(after steps: Int) -> Double {
    guard let (first, last) = parts else { return closedForm(steps) }
    let (axes, others) = (Double(dimensions - 2), 2.0)
    let share = axes / Double(dimensions)
    guard let law = try? Binomial(trials: steps, probability: share) else { return 0 }
    let middle = Int(Double(steps) * share)
    let greatest = law.probability(of: middle)
    var sum = greatest * first[middle] * last[steps - middle]
    // Outwards, by the ratios of neighbours, until what remains is not more than the masses that remain.
    var mass = greatest
    for k in middle..<steps {
      mass *= Double(steps - k) * axes / (Double(k + 1) * others)
      sum += mass * first[k + 1] * last[steps - k - 1]
      if mass * Double(steps - k) <= 1e-18 * sum { break }
    }
    mass = greatest
    for k in (0..<middle).reversed() {
      mass *= Double(k + 1) * others / (Double(steps - k) * axes)
      sum += mass * first[k] * last[steps - k]
      if mass * Double(k) <= 1e-18 * sum { break }
    }
    return sum
  }
}
