import Foundation
import GodwitKernels
import GodwitLayers
import GodwitOptimization
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

/// What the estimates of a softmax's weights are on average, and how far they scatter.
struct RandomFeaturesTests {
  private let q = [0.3, -0.2, 0.5, 0.1]
  private let k = [0.1, 0.4, -0.3, 0.2]
  /// e^(q · k).
  private let weight = 0.8352702114

  /// Estimates of e^(q · k) by `samples` sets of `count` features each.
  private func estimates(
    _ q: [Double], _ k: [Double], kind: RandomFeatures.Kind = .positive, count: Int, samples: Int,
    directions: RandomDirections = RandomDirections(arrangement: .independent), seed: UInt64 = 1
  ) -> [Double] {
    var generator = Philox(seed: seed)
    return (0..<samples).map { _ in
      var features = RandomFeatures(width: q.count, count: count, kind: kind, directions: directions, using: &generator)
      features.projection = features.projection.converted(to: .float64)
      return estimate(q, k, features)
    }
  }

  private func estimate(_ q: [Double], _ k: [Double], _ features: RandomFeatures) -> Double {
    // The features are those of softmax attention, e^(q · k / √K).
    let vector = { (values: [Double]) in
      Tensor(values, shape: [1, 1, 1, values.count], dtype: .float64) * Double(values.count).squareRoot().squareRoot()
    }
    let product = (features.queries(vector(q)) * features.keys(vector(k))).sum().item
    let square = q.reduce(0) { $0 + $1 * $1 } / 2
    switch features.kind {
    case .trigonometric: return product * exp(square)
    case .positive:
      // Back come the greatest exponent, which the query's features leave out, and its |q|² / 2.
      let greatest = matmul(Tensor(rows: [q], dtype: .float64), features.projection).max().item
      return product * exp(greatest - square)
    }
  }

  private func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1))
  }

  /// Variances of one feature: e^|q+k|² w² (1 − e^−|q+k|²) and ½ e^|q+k|² w⁻² (1 − e^−|q−k|²)², w the weight.
  @Test(arguments: [(RandomFeatures.Kind.positive, 0.2727692), (.trigonometric, 0.4212531)])
  func estimatesHaveNoBiasAndTheVarianceOfTheFormula(kind: RandomFeatures.Kind, variance: Double) {
    let samples = 40_000
    let values = estimates(q, k, kind: kind, count: 1, samples: samples)
    let (mean, scatter) = moments(values)
    // 5.3 standard deviations: one in 10⁷. The variance of a variance comes from the fourth moment.
    let fourth = values.reduce(0) { $0 + pow($1 - mean, 4) } / Double(samples)
    #expect(abs(mean - weight) < 5.3 * (variance / Double(samples)).squareRoot(), "\(mean)")
    let band = 5.3 * ((fourth - scatter * scatter) / Double(samples)).squareRoot()
    #expect(abs(scatter - variance) < band && band < 0.2 * variance, "\(scatter) ± \(band)")
  }

  @Test func orthogonalDirectionsHaveNoBiasAndScatterLess() {
    var generator = Philox(seed: 2)
    let (q, k) = (0..<2).map { _ in Tensor(normal: 0, standardDeviation: 0.35, shape: [8], using: &generator).scalars }
      .pair
    let exact = exp(zip(q, k).reduce(0) { $0 + $1.0 * $1.1 })
    let samples = 10_000
    let independent = moments(estimates(q, k, count: 8, samples: samples))
    let orthogonal = moments(
      estimates(q, k, count: 8, samples: samples, directions: RandomDirections(arrangement: .orthogonal)))
    for (name, result) in [("independent", independent), ("orthogonal", orthogonal)] {
      #expect(abs(result.mean - exact) < 5.3 * (result.variance / Double(samples)).squareRoot(), "\(name): \(result)")
    }
    #expect(orthogonal.variance < 0.97 * independent.variance, "\(orthogonal) \(independent)")
  }

  /// Reflections, as libraries decompose a matrix by, leave signs in R: estimates from their Q have a bias, which goes when
  /// the signs of R's diagonal are taken back.
  @Test func reflectionsNeedTheSignsOfTheDiagonal() {
    var generator = Philox(seed: 11)
    let samples = 6_000
    var (raw, corrected): ([Double], [Double]) = ([], [])
    for _ in 0..<samples {
      // Its directions are not used, its lengths are.
      var features = RandomFeatures(width: 4, count: 4, using: &generator)
      let lengths = sqrt(square(features.projection.converted(to: .float64)).sum(along: 0))
      let (basis, diagonal) = reflected(Tensor(normal: 0, shape: [4, 4], dtype: .float64, using: &generator))
      expectClose(matmul(basis, basis, transposeA: true), Tensor(identity: 4, dtype: .float64))
      features.projection = basis * lengths
      raw.append(estimate(q, k, features))
      features.projection = basis * lengths * sign(diagonal)
      corrected.append(estimate(q, k, features))
    }
    let (biased, fair) = (moments(raw), moments(corrected))
    #expect(abs(fair.mean - weight) < 5.3 * (fair.variance / Double(samples)).squareRoot(), "\(fair)")
    #expect(abs(biased.mean - weight) > 10 * (biased.variance / Double(samples)).squareRoot(), "\(biased)")
  }

  /// Householder's decomposition as LAPACK does it: Q, and the diagonal of R. The last column needs no reflection.
  private func reflected(_ matrix: Tensor) -> (basis: Tensor, diagonal: Tensor) {
    let n = matrix.shape[0]
    var (r, q) = (matrix, Tensor(identity: n, dtype: .float64))
    for column in 0..<(n - 1) {
      var v = r.element(column, along: 1).scalars
      for row in 0..<column { v[row] = 0 }
      let length = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
      v[column] += v[column] < 0 ? -length : length
      let direction = Tensor(v, shape: [n, 1], dtype: .float64)
      let reflection =
        Tensor(identity: n, dtype: .float64)
        - matmul(direction, direction, transposeB: true) * (2 / v.reduce(0) { $0 + $1 * $1 })
      (r, q) = (matmul(reflection, r), matmul(q, reflection))
    }
    return (q, Tensor((0..<n).map { r[$0][$0].item }, dtype: .float64))
  }

  /// Under Haar's measure each element of the basis has the mean 0. A decomposition by reflections gives the first vector's
  /// first element the same sign every time, and so a bias to each estimate.
  @Test func orthogonalBasesAreEvenlyDistributed() {
    var generator = Philox(seed: 3)
    let (width, samples) = (4, 4_000)
    var means = [Double](repeating: 0, count: width * width)
    let directions = RandomDirections(arrangement: .orthogonal, lengths: .constant)
    for _ in 0..<samples {
      let basis = directions.drawn(width: width, count: width, using: &generator)
      expectClose(matmul(basis, basis, transposeA: true), Tensor(identity: width) * 4, tolerance: 1e-5)
      for (index, value) in basis.scalars.enumerated() { means[index] += value / Double(samples) }
    }
    // The elements have the variance 1 with lengths of √4.
    for mean in means { #expect(abs(mean) < 5.3 / Double(samples).squareRoot(), "\(mean)") }
  }

  /// Groups of as many as there are dimensions are orthogonal, also where the last is not full.
  @Test func groupsOfDirectionsAreOrthogonal() {
    var generator = Philox(seed: 4)
    let directions = RandomDirections(lengths: .constant).drawn(width: 3, count: 8, using: &generator)
    let products = matmul(directions, directions, transposeA: true)
    for row in 0..<8 {
      for column in 0..<8 where row / 3 == column / 3 {
        #expect(abs(products[row][column].item - (row == column ? 3 : 0)) < 1e-5)
      }
    }
  }

  @Test func stratifiedLengthsAreTheQuantiles() {
    var generator = Philox(seed: 5)
    let directions = RandomDirections(lengths: .stratified).drawn(width: 2, count: 9, using: &generator)
    let lengths = square(directions).sum(along: 0).scalars.map { $0.squareRoot() }.sorted()
    // In two dimensions P(length < r) = 1 − e^(−r² / 2).
    for (index, length) in lengths.enumerated() {
      let probability = Double(index + 1) / 10
      #expect(abs(length - (-2 * log(1 - probability)).squareRoot()) < 1e-5)
    }
    // Squares of lengths, from SciPy's chi-squared distribution.
    for (probability, dimensions, want) in [
      (0.5, 64, 63.334582023531965), (1e-6, 64, 23.747764297114184), (1 - 1e-6, 64, 132.7874909030369),
      (0.99, 10, 23.209251158954356), (0.95, 1, 3.841458820694124),
    ] { #expect(abs(chiQuantile(probability, dimensions: dimensions) / want.squareRoot() - 1) < 1e-11) }
  }

  @Test func redrawingIsReproducibleAndKeepsTheRest() {
    var generator = Philox(seed: 6)
    var performer = Performer(MixerOptions(width: 8, heads: 2, settings: ["features": 12]), using: &generator)
    let before = performer
    var (first, second) = (Philox(seed: 7), Philox(seed: 7))
    performer.redraw(using: &first)
    #expect(performer.featureMap.projection.scalars != before.featureMap.projection.scalars)
    #expect(performer.projections.output.weight.scalars == before.projections.output.weight.scalars)
    var other = before
    other.redraw(using: &second)
    #expect(other.featureMap.projection.scalars == performer.featureMap.projection.scalars)
  }

  /// An optimiser with decay leaves the directions alone to the last bit.
  @Test func directionsAreConstants() {
    var generator = Philox(seed: 8)
    var performer = Performer(MixerOptions(width: 8, heads: 2, settings: ["features": 12]), using: &generator)
    let start = performer
    var optimizer = AdamW(for: performer, AdamWOptions(learningRate: 0.1, weightDecay: 0.5))
    let x = Tensor(normal: 0, shape: [2, 9, 8], using: &generator)
    for _ in 0..<3 {
      let gradient = gradient(at: performer) { square($0(x)).sum() }
      optimizer.update(&performer, along: gradient)
    }
    #expect(performer.featureMap.projection.scalars == start.featureMap.projection.scalars)
    #expect(performer.projections.output.weight.scalars != start.projections.output.weight.scalars)
  }

  /// With many features the attention comes near that of a softmax with the same dense layers.
  @Test(arguments: [RandomFeatures.Kind.positive, .trigonometric])
  func manyFeaturesApproachSoftmaxAttention(kind: RandomFeatures.Kind) {
    var generator = Philox(seed: 9)
    // Scores of about 1: the variance of estimates grows exponentially with them.
    let options = MixerOptions(width: 16, heads: 4, standardDeviation: 0.15)
    let softmax = SoftmaxAttention(options, using: &generator)
    let x = Tensor(normal: 0, shape: [1, 40, 16], using: &generator)
    let errors = [16, 4096].map { count in
      var performer = Performer(options, using: &generator)
      performer.projections = softmax.projections
      performer.featureMap = RandomFeatures(width: 4, count: count, kind: kind, using: &generator)
      return errorRatio(performer(x), softmax(x))
    }
    #expect(errors[1] < 0.1 && errors[1] < errors[0] / 4, "\(errors)")
  }

  /// Keys far from all directions, and queries as far, still give numbers.
  @Test func nothingOverflows() {
    var generator = Philox(seed: 10)
    let performer = Performer(MixerOptions(width: 16, heads: 2, settings: ["features": 32]), using: &generator)
    let x = Tensor(normal: 0, standardDeviation: 300, shape: [1, 50, 16], using: &generator)
    let (y, pullback) = valueWithPullback(at: Pair(performer, x)) { $0.first($0.second) }
    let gradient = pullback(Tensor(ones: y.shape))
    for tensor in [y] + gradient.tensors { #expect(tensor.scalars.allSatisfy { $0.isFinite }) }
  }
}

extension [[Double]] {
  fileprivate var pair: ([Double], [Double]) { (self[0], self[1]) }
}
