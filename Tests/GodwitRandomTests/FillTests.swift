import Foundation
import GodwitRandom
import Testing

/// A generator that is not a `Philox` but gives the same words.
private struct Disguised: RandomNumberGenerator {
  var philox: Philox
  mutating func next() -> UInt64 { philox.next() }
}

@Suite struct FillTests {
  enum Kind: CaseIterable, Sendable {
    case uniformFloat, uniformDouble, normalFloat, normalDouble, exponentialFloat, exponentialDouble

    var isSingle: Bool { self == .uniformFloat || self == .normalFloat || self == .exponentialFloat }

    /// P(X ≤ x).
    func cdf(_ x: Double) -> Double {
      switch self {
      case .uniformFloat, .uniformDouble: x
      case .normalFloat, .normalDouble: 0.5 * erfc(-x * 0.5.squareRoot())
      case .exponentialFloat, .exponentialDouble: -expm1(-x)
      }
    }

    /// E X to E X⁸ of the quantity less its mean, over its deviation.
    var moments: [Double] {
      switch self {
      case .uniformFloat, .uniformDouble: [0, 1, 0, 9.0 / 5, 0, 27.0 / 7, 0, 9]
      case .normalFloat, .normalDouble: [0, 1, 0, 3, 0, 15, 0, 105]
      case .exponentialFloat, .exponentialDouble: [0, 1, 2, 9, 44, 265, 1854, 14833]
      }
    }

    func standardized(_ x: Double) -> Double {
      switch self {
      case .uniformFloat, .uniformDouble: (x - 0.5) * 12.0.squareRoot()
      case .normalFloat, .normalDouble: x
      case .exponentialFloat, .exponentialDouble: x - 1
      }
    }
  }

  static func samples(_ kind: Kind, _ count: Int, using generator: inout some RandomNumberGenerator) -> [Double] {
    var floats = [Float](repeating: .nan, count: count)
    var doubles = [Double](repeating: .nan, count: count)
    switch kind {
    case .uniformFloat: fillUniform(&floats, count: count, in: 0..<1, using: &generator)
    case .uniformDouble: fillUniform(&doubles, count: count, in: 0..<1, using: &generator)
    case .normalFloat: fillNormal(&floats, count: count, mean: 0, standardDeviation: 1, using: &generator)
    case .normalDouble: fillNormal(&doubles, count: count, mean: 0, standardDeviation: 1, using: &generator)
    case .exponentialFloat: fillExponential(&floats, count: count, rate: 1, using: &generator)
    case .exponentialDouble: fillExponential(&doubles, count: count, rate: 1, using: &generator)
    }
    return kind.isSingle ? floats.map(Double.init) : doubles
  }

  @Test(arguments: Kind.allCases, [0, 1, 2, 3, 7, 2047, 2048, 2049, 50_001])
  func anyGeneratorGivesWhatPhiloxGives(kind: Kind, count: Int) {
    for skipped in 0..<2 {
      var philox = Philox(seed: 11).advanced(by: UInt64(skipped))
      var disguised = Disguised(philox: philox)
      let expected = Self.samples(kind, count, using: &disguised)
      #expect(Self.samples(kind, count, using: &philox) == expected)
      #expect(philox == disguised.philox)
      #expect(!expected.contains { $0.isNaN })
    }
  }

  @Test func theBitsUsedAreTheDocumentedOnes() {
    var generator = Philox(seed: 3)
    var copy = generator
    let word = copy.next()
    let floats = Self.samples(.uniformFloat, 2, using: &generator)
    #expect(floats == [Double((word << 32) >> 40) / 0x1p24, Double(word >> 40) / 0x1p24])
    #expect(Self.samples(.uniformDouble, 1, using: &generator) == [Double(copy.next() >> 11) / 0x1p53])
    let pair = copy.next()
    let radius = (-2 * log((Double(UInt32(truncatingIfNeeded: pair) >> 1) + 0.5) / 0x1p31)).squareRoot()
    let normal = Self.samples(.normalFloat, 2, using: &generator)
    #expect(abs(normal[0] - radius * cos(2 * .pi * Double(pair >> 32) / 0x1p32)) < 1e-6)
    #expect(abs(normal[1] - radius * sin(2 * .pi * Double(pair >> 32) / 0x1p32)) < 1e-6)
    let exponential = Self.samples(.exponentialFloat, 2, using: &generator)
    let bits = copy.next()
    for (sample, half) in zip(exponential, [UInt32(truncatingIfNeeded: bits), UInt32(bits >> 32)]) {
      #expect(abs(sample + log1p(-(Double(half) + 0.5) / 0x1p32)) < 1e-6)
    }
    let unit = (Double(copy.next() >> 12) + 0.5) / 0x1p52
    #expect(abs(Self.samples(.exponentialDouble, 1, using: &generator)[0] + log(unit)) < 1e-15)
    #expect(generator == copy)
  }

  /// The quantile beyond which a normal quantity falls, on either side, with probability 10⁻⁷.
  static let band = 5.33

  /// Sample means of powers and of the product of neighbours against their expectations, each with its own deviation.
  @Test(arguments: Kind.allCases) func momentsAreInTheirBands(kind: Kind) {
    let count = 400_000
    var generator = Philox(seed: 20)
    let x = Self.samples(kind, count, using: &generator).map(kind.standardized)
    // E x, E x², E x³, E x⁴, E x₀x₁ and the variances of x, x², x³, x⁴, x₀x₁.
    let m = kind.moments
    let expected = [m[0], m[1], m[2], m[3], 0]
    let variances = [1, m[3] - 1, m[5] - m[2] * m[2], m[7] - m[3] * m[3], 1]
    var sums = [Double](repeating: 0, count: 5)
    for index in x.indices {
      let v = x[index]
      let next = x[(index + 1) % count]
      for (moment, term) in [v, v * v, v * v * v, v * v * v * v, v * next].enumerated() { sums[moment] += term }
    }
    for moment in sums.indices {
      let deviation = (variances[moment] / Double(count)).squareRoot()
      #expect(abs(sums[moment] / Double(count) - expected[moment]) < Self.band * deviation, "moment \(moment)")
    }
  }

  /// Kolmogorov and Smirnov: √n sup |F̂ − F| exceeds 2.9 with probability 2 exp(−2 · 2.9²) ≈ 10⁻⁷.
  @Test(arguments: Kind.allCases) func distributionFunctionsAgree(kind: Kind) {
    let count = 200_000
    var generator = Philox(seed: 21)
    let sorted = Self.samples(kind, count, using: &generator).sorted()
    var greatest = 0.0
    for (rank, x) in sorted.enumerated() {
      let f = kind.cdf(x)
      greatest = max(greatest, abs(f - Double(rank) / Double(count)), abs(f - Double(rank + 1) / Double(count)))
    }
    #expect(greatest * Double(count).squareRoot() < 2.9)
  }

  @Test func noSampleIsInfinite() throws {
    var greatest = Greatest()
    for kind in Kind.allCases {
      for sample in Self.samples(kind, 2, using: &greatest) { #expect(sample.isFinite, "\(kind)") }
    }
    let (exponential, geometric) = (try Exponential(rate: 1), try Geometric(probability: 0.5))
    #expect(exponential.sample(using: &greatest) > 0 && geometric.sample(using: &greatest) == 0)
  }

  @Test func meanAndDeviationApply() {
    var generator = Philox(seed: 5)
    var copy = generator
    let unit = Self.samples(.normalDouble, 1001, using: &copy)
    var scaled = [Double](repeating: 0, count: 1001)
    fillNormal(&scaled, count: 1001, mean: 10, standardDeviation: 3, using: &generator)
    #expect(scaled == unit.map { 10 + 3 * $0 })
    var exponential = [Double](repeating: 0, count: 1001)
    var single = [Float](repeating: 0, count: 1001)
    let copy2 = generator
    fillExponential(&exponential, count: 1001, rate: 0x1p-1030, using: &generator)
    generator = copy2
    fillExponential(&single, count: 1001, rate: 4, using: &generator)
    generator = copy2
    #expect(exponential == Self.samples(.exponentialDouble, 1001, using: &generator).map { $0 / 0x1p-1030 })
    generator = copy2
    #expect(single.map(Double.init) == Self.samples(.exponentialFloat, 1001, using: &generator).map { $0 / 4 })
  }

  /// All words are ones: the greatest sample that any generator can give.
  private struct Greatest: RandomNumberGenerator {
    // Stored, as Thread Sanitizer stops at the address of a value without any bytes.
    private let word = UInt64.max
    func next() -> UInt64 { word }
  }

  static let ranges: [Range<Float>] = [
    0..<1, -1..<1, 1..<Float(1).nextUp, 0..<Float.leastNonzeroMagnitude, 16_777_215..<16_777_216, -1e-30..<3,
    -Float.greatestFiniteMagnitude..<Float.greatestFiniteMagnitude, 1..<Float(1).nextUp.nextUp, 16_777_214..<16_777_216,
  ]

  @Test(arguments: ranges)
  func samplesStayInTheirRange(range: Range<Float>) {
    var greatest = Greatest()
    var philox = Philox(seed: 6)
    var samples = [Float](repeating: .nan, count: 10_000)
    fillUniform(&samples, count: 2, in: range, using: &greatest)
    #expect(samples[..<2].allSatisfy(range.contains))
    fillUniform(&samples, count: samples.count, in: range, using: &philox)
    #expect(samples.allSatisfy(range.contains))
    let wide = Double(range.lowerBound)..<Double(range.upperBound)
    var doubles = [Double](repeating: .nan, count: 10_000)
    fillUniform(&doubles, count: 2, in: wide, using: &greatest)
    #expect(doubles[..<2].allSatisfy(wide.contains))
    fillUniform(&doubles, count: doubles.count, in: wide, using: &philox)
    #expect(doubles.allSatisfy(wide.contains))
  }

  @Test func theWidestRangeIsStillUniform() {
    var generator = Philox(seed: 8)
    var samples = [Double](repeating: .nan, count: 100_000)
    let most = Double.greatestFiniteMagnitude
    fillUniform(&samples, count: samples.count, in: -most..<most, using: &generator)
    let below = samples.count { $0 < most / 2 }
    #expect(abs(Double(below) - 75_000) < Self.band * (100_000 * 0.75 * 0.25).squareRoot())
  }

  @Test func badRangesStopTheProgram() async {
    await #expect(processExitsWith: .failure) {
      var generator = Philox(seed: 0)
      var target: Float = 0
      fillUniform(&target, count: 1, in: 1..<1, using: &generator)
    }
    await #expect(processExitsWith: .failure) {
      var generator = Philox(seed: 0)
      var target: Double = 0
      fillNormal(&target, count: 1, mean: 0, standardDeviation: -1, using: &generator)
    }
  }
}
