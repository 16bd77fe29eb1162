@testable import GodwitKernels

/// A large product that is cheap to predict: a = u s^T and b = t v^T of small whole numbers, so that c = (s . t) u v^T
/// without any rounding.
struct RankOneProduct {
  let m, n, k: Int
  let transposeA, transposeB: Bool
  private let u, s, t, v: [Double]

  init(m: Int, n: Int, k: Int, transposeA: Bool, transposeB: Bool) {
    (self.m, self.n, self.k, self.transposeA, self.transposeB) = (m, n, k, transposeA, transposeB)
    var noise = RecurrenceNoise(seed: UInt64(m + n + k))
    func wholeNumbers(_ count: Int, upTo bound: Double) -> [Double] {
      (0..<count).map { _ in (noise.next() * bound).rounded() }
    }
    // Partial sums stay below 2^24, so that float32 holds them too: 14000 * 3 * 3 * 6 * 6 at most.
    u = wholeNumbers(m, upTo: 6)
    s = wholeNumbers(k, upTo: 3)
    t = wholeNumbers(k, upTo: 3)
    v = wholeNumbers(n, upTo: 6)
  }

  /// Whether the kernel gives this product.
  func isExact(_ dtype: DType, on isa: InstructionSet) -> Bool {
    let a = transposeA ? outer(dtype, s, u) : outer(dtype, u, s)
    let b = transposeB ? outer(dtype, v, t) : outer(dtype, t, v)
    let c = GuardedMatrix(dtype, rows: m, columns: n, padding: 3)
    matrixProduct(
      dtype, m: m, n: n, k: k, a: a.storage, lda: a.stride, transposeA: transposeA, b: b.storage, ldb: b.stride,
      transposeB: transposeB, c: c.storage, ldc: c.stride, on: isa)
    let factor = zip(s, t).reduce(0) { $0 + $1.0 * $1.1 }
    let got = c.values()
    for i in 0..<m {
      for j in 0..<n where got[i * n + j] != factor * u[i] * v[j] { return false }
    }
    return true
  }

  private func outer(_ dtype: DType, _ x: [Double], _ y: [Double]) -> GuardedMatrix {
    let matrix = GuardedMatrix(dtype, rows: x.count, columns: y.count, padding: 5)
    for i in x.indices {
      for j in y.indices { matrix[at: i * matrix.stride + j] = x[i] * y[j] }
    }
    return matrix
  }
}
