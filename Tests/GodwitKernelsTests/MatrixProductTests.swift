import Testing

@testable import GodwitKernels

@Suite struct MatrixProductTests {
  static func tolerance(_ dtype: DType) -> Double {
    switch dtype {
    case .float32: 1e-6
    case .float64: 1e-14
    }
  }

  /// Both types under every set of the machine.
  static let kinds: [(DType, InstructionSet)] = InstructionSet.supported.flatMap { isa in
    DType.allCases.map { ($0, isa) }
  }

  /// M, N, K around the sizes of tiles and blocks, and the borders between the ways to compute a product.
  static let extents: [(Int, Int, Int)] = {
    var extents = [(Int, Int, Int)]()
    for m in [1, 2, 5, 8, 14, 15, 16, 17, 31, 70] {
      for n in [1, 7, 16, 33, 64] {
        for k in [1, 3, 17, 40] { extents.append((m, n, k)) }
      }
    }
    extents += [
      (13, 50, 300), (29, 31, 523), (61, 97, 260), (300, 40, 33), (257, 130, 20), (16, 16, 600), (3, 200, 513),
      (40, 300, 520), (300, 290, 520), (530, 270, 20),
    ]
    return extents
  }()

  @Test(arguments: kinds) func everyShapeEqualsTheNaiveLoop(dtype: DType, isa: InstructionSet) {
    for (index, (m, n, k)) in Self.extents.enumerated() {
      for transpositions in 0..<4 {
        let naive = NaiveMatrixProduct(
          dtype, m: m, n: n, k: k, transposeA: transpositions & 1 != 0, transposeB: transpositions & 2 != 0)
        // Bias and accumulation take turns; the strides of a dense matrix and of a slice too.
        let (accumulate, withBias) = (index & 1 != 0, index & 2 != 0)
        let padding = index % 3 == 0 ? 0 : 3
        let got = naive.computed(dtype, accumulate: accumulate, withBias: withBias, padding: padding, on: isa)
        let error = naive.errorRatio(got, naive.result(accumulate: accumulate, withBias: withBias))
        #expect(error <= Self.tolerance(dtype), "\(m)x\(n)x\(k), transpositions \(transpositions)")
      }
    }
  }

  /// Sizes of which several blocks of steps, groups of blocks, parts of a task and passes over the columns are made.
  @Test(arguments: kinds) func largeProductsOfRankOneAreExact(dtype: DType, isa: InstructionSet) {
    for (m, n, k) in [
      (40, 41, 14000), (45, 40, 14000), (300, 5000, 9), (250, 600, 1100), (600, 250, 1100),
      (1, 1500, 1100), (7, 1101, 1503), (16, 4001, 301),
    ] {
      for transpositions in 0..<4 {
        let product = RankOneProduct(
          m: m, n: n, k: k, transposeA: transpositions & 1 != 0, transposeB: transpositions & 2 != 0)
        let isExact = product.isExact(dtype, on: isa)
        #expect(isExact, "\(m)x\(n)x\(k), transpositions \(transpositions)")
      }
    }
  }

  /// A row is what it is alone, bit for bit, whether beside few or many, and whether b is in a cache or comes from memory.
  @Test(arguments: kinds) func aRowIsTheSameBesideOthers(dtype: DType, isa: InstructionSet) {
    for (n, k) in [(33, 40), (77, 1001), (80, 1536), (1101, 1003), (3072, 403), (50, 2100)] {
      func matrix(_ rows: Int, _ columns: Int) -> GuardedMatrix {
        GuardedMatrix(
          dtype, rows: rows, columns: columns, padding: 0,
          values: (0..<rows * columns).map { Double($0 * 7919 % 1013) / 1013 - 0.5 })
      }
      let (a, b) = (matrix(40, k), matrix(k, n))
      func product(_ rows: Range<Int>) -> [Double] {
        let c = GuardedMatrix(dtype, rows: rows.count, columns: n, padding: 0)
        matrixProduct(
          dtype, m: rows.count, n: n, k: k, a: a.storage + rows.lowerBound * k * dtype.byteCount, lda: k,
          b: b.storage, ldb: n, c: c.storage, ldc: n, on: isa)
        return c.values()
      }
      let alone = (0..<40).flatMap { product($0..<$0 + 1) }
      for rows in [0..<2, 1..<4, 3..<11, 0..<16, 23..<40, 0..<40] {
        let isTheSame = product(rows) == Array(alone[rows.lowerBound * n..<rows.upperBound * n])
        #expect(isTheSame, "\(rows) of \(n)x\(k)")
      }
    }
  }

  @Test(arguments: kinds) func biasAndAccumulationCombine(dtype: DType, isa: InstructionSet) {
    for (m, n, k) in [(5, 37, 19), (40, 70, 19), (33, 20, 600), (4, 9, 600)] {
      for transpositions in 0..<4 {
        let naive = NaiveMatrixProduct(
          dtype, m: m, n: n, k: k, transposeA: transpositions & 1 != 0, transposeB: transpositions & 2 != 0)
        for (accumulate, withBias) in [(false, false), (false, true), (true, false), (true, true)] {
          let got = naive.computed(dtype, accumulate: accumulate, withBias: withBias, padding: 1, on: isa)
          let error = naive.errorRatio(got, naive.result(accumulate: accumulate, withBias: withBias))
          #expect(error <= Self.tolerance(dtype), "\(m)x\(n)x\(k), accumulate \(accumulate), bias \(withBias)")
        }
      }
    }
  }

  @Test(arguments: kinds) func nothingToSumGivesZerosOrTheBias(dtype: DType, isa: InstructionSet) {
    for (m, n, k) in [(0, 5, 4), (3, 0, 4), (3, 5, 0), (40, 50, 0), (0, 0, 0)] {
      let naive = NaiveMatrixProduct(dtype, m: m, n: n, k: k, transposeA: false, transposeB: false)
      for (accumulate, withBias) in [(false, false), (false, true), (true, false), (true, true)] {
        let got = naive.computed(dtype, accumulate: accumulate, withBias: withBias, padding: 2, on: isa)
        #expect(
          naive.errorRatio(got, naive.result(accumulate: accumulate, withBias: withBias)) <= Self.tolerance(dtype))
      }
    }
  }

  @Test(arguments: kinds) func batchesEqualTheNaiveLoop(dtype: DType, isa: InstructionSet) {
    for (batch, m, n, k) in [
      (0, 3, 4, 5), (1, 20, 30, 9), (3, 7, 5, 11), (40, 9, 17, 8), (3, 65, 70, 90), (33, 1, 8, 0),
    ] {
      for transpositions in 0..<4 {
        let naive = NaiveMatrixProduct(
          dtype, batch: batch, m: m, n: n, k: k, transposeA: transpositions & 1 != 0,
          transposeB: transpositions & 2 != 0)
        for accumulate in [false, true] {
          let got = naive.computed(
            dtype, accumulate: accumulate, withBias: false, padding: 2, batched: true, on: isa)
          let error = naive.errorRatio(got, naive.result(accumulate: accumulate, withBias: false))
          #expect(error <= Self.tolerance(dtype), "\(batch) of \(m)x\(n)x\(k), transpositions \(transpositions)")
        }
      }
    }
  }

  @Test(arguments: kinds) func anOperandWithoutBatchStrideIsShared(dtype: DType, isa: InstructionSet) {
    let (batch, m, n, k) = (5, 6, 7, 8)
    let naive = NaiveMatrixProduct(dtype, batch: batch, m: m, n: n, k: k, transposeA: false, transposeB: false)
    let a = GuardedMatrix(dtype, batch: batch, rows: m, columns: k, padding: 0, values: naive.a)
    let b = GuardedMatrix(dtype, rows: k, columns: n, padding: 0, values: Array(naive.b[..<(k * n)]))
    let c = GuardedMatrix(dtype, batch: batch, rows: m, columns: n, padding: 0)
    batchedMatrixProduct(
      dtype, batch: batch, m: m, n: n, k: k, a: a.storage, lda: k, strideA: m * k, b: b.storage, ldb: n, strideB: 0,
      c: c.storage, ldc: n, strideC: m * n, on: isa)
    // One product of all the rows is the same sum.
    let whole = GuardedMatrix(dtype, rows: batch * m, columns: n, padding: 0)
    matrixProduct(
      dtype, m: batch * m, n: n, k: k, a: a.storage, lda: k, b: b.storage, ldb: n, c: whole.storage, ldc: n, on: isa)
    #expect(naive.errorRatio(c.values(), whole.values()) <= Self.tolerance(dtype))
  }

  @Test func notANumberPassesThrough() {
    for (m, n, k) in [(3, 40, 20), (40, 40, 20)] {
      let a = GuardedMatrix(.float32, rows: m, columns: k, padding: 0, values: [Double](repeating: 0, count: m * k))
      let b = GuardedMatrix(.float32, rows: k, columns: n, padding: 0, values: [Double](repeating: .nan, count: k * n))
      let c = GuardedMatrix(.float32, rows: m, columns: n, padding: 0)
      matrixProduct(.float32, m: m, n: n, k: k, a: a.storage, lda: k, b: b.storage, ldb: n, c: c.storage, ldc: n)
      #expect(c.values().allSatisfy { $0.isNaN })
    }
  }
}
