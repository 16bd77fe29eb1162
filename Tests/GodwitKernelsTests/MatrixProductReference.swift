import Testing

@testable import GodwitKernels

/// A matrix in rows wider than needed, whose rest is a guard value, stored as it is or transposed.
final class GuardedMatrix {
  static let guardValue = -12345.5
  let dtype: DType
  let batch, rows, columns, stride: Int
  let storage: UnsafeMutableRawPointer
  private let byteCount: Int

  init(_ dtype: DType, batch: Int = 1, rows: Int, columns: Int, padding: Int, values: [Double]? = nil) {
    (self.dtype, self.batch, self.rows, self.columns, stride) = (dtype, batch, rows, columns, columns + padding)
    byteCount = (batch * rows * stride + 1) * dtype.byteCount
    storage = .allocate(byteCount: byteCount, alignment: 64)
    for index in 0...batch * rows * stride { self[at: index] = Self.guardValue }
    guard let values else { return }
    for row in 0..<batch * rows {
      for column in 0..<columns { self[at: row * stride + column] = values[row * columns + column] }
    }
  }

  deinit { storage.deallocate() }

  subscript(at index: Int) -> Double {
    get {
      switch dtype {
      case .float32: Double(storage.load(fromByteOffset: index * 4, as: Float.self))
      case .float64: storage.load(fromByteOffset: index * 8, as: Double.self)
      }
    }
    set {
      switch dtype {
      case .float32: storage.storeBytes(of: Float(newValue), toByteOffset: index * 4, as: Float.self)
      case .float64: storage.storeBytes(of: newValue, toByteOffset: index * 8, as: Double.self)
      }
    }
  }

  /// The values without the rest of their rows; fails the test where something was written there.
  func values() -> [Double] {
    var result = [Double]()
    var intact = self[at: batch * rows * stride] == Self.guardValue
    for row in 0..<batch * rows {
      for column in 0..<stride {
        let value = self[at: row * stride + column]
        if column < columns { result.append(value) } else { intact = intact && value == Self.guardValue }
      }
    }
    #expect(intact, "something was written beside the matrix")
    return result
  }
}

/// A batch of products in float64, by the definition.
struct NaiveMatrixProduct {
  let batch, m, n, k: Int
  let transposeA, transposeB: Bool
  let a, b, c, bias: [Double]

  init(_ dtype: DType, batch: Int = 1, m: Int, n: Int, k: Int, transposeA: Bool, transposeB: Bool, seed: UInt64 = 1) {
    (self.batch, self.m, self.n, self.k, self.transposeA, self.transposeB) = (batch, m, n, k, transposeA, transposeB)
    var noise = RecurrenceNoise(seed: seed)
    a = noise.array(batch * m * k)
    b = noise.array(batch * k * n)
    c = noise.array(batch * m * n)
    bias = noise.array(n)
  }

  func result(accumulate: Bool, withBias: Bool) -> [Double] {
    var result = [Double](repeating: 0, count: batch * m * n)
    for entry in 0..<batch {
      for i in 0..<m {
        let row = (entry * m + i) * n
        for j in 0..<n { result[row + j] = (accumulate ? c[row + j] : 0) + (withBias ? bias[j] : 0) }
        for p in 0..<k {
          let x = transposeA ? a[(entry * k + p) * m + i] : a[(entry * m + i) * k + p]
          for j in 0..<n {
            result[row + j] += x * (transposeB ? b[(entry * n + j) * k + p] : b[(entry * k + p) * n + j])
          }
        }
      }
    }
    return result
  }

  /// ‖got − want‖ / ‖want‖; NaN where `got` holds one. A sum whose terms happen to cancel is compared with the size that
  /// such sums have, as its error does not cancel.
  func errorRatio(_ got: [Double], _ want: [Double]) -> Double {
    guard got.count == want.count else { return .infinity }
    var difference = 0.0
    var sum = 0.0
    for index in got.indices {
      difference += (got[index] - want[index]) * (got[index] - want[index])
      sum += want[index] * want[index]
    }
    return difference == 0 ? 0 : (difference / max(sum, Double(batch * m * n * k) / 9)).squareRoot()
  }

  /// The same through the kernel, with rows `padding` wider than needed.
  func computed(
    _ dtype: DType, accumulate: Bool, withBias: Bool, padding: Int, batched: Bool = false, on isa: InstructionSet
  ) -> [Double] {
    let a = GuardedMatrix(
      dtype, batch: batch, rows: transposeA ? k : m, columns: transposeA ? m : k, padding: padding, values: a)
    let b = GuardedMatrix(
      dtype, batch: batch, rows: transposeB ? n : k, columns: transposeB ? k : n, padding: padding, values: b)
    let c = GuardedMatrix(
      dtype, batch: batch, rows: m, columns: n, padding: padding,
      values: accumulate ? self.c : [Double](repeating: .nan, count: batch * m * n))
    let bias = GuardedMatrix(dtype, rows: 1, columns: n, padding: 0, values: bias)
    if batched {
      batchedMatrixProduct(
        dtype, batch: batch, m: m, n: n, k: k, a: a.storage, lda: a.stride, strideA: a.rows * a.stride,
        transposeA: transposeA, b: b.storage, ldb: b.stride, strideB: b.rows * b.stride, transposeB: transposeB,
        c: c.storage, ldc: c.stride, strideC: c.rows * c.stride, accumulate: accumulate, on: isa)
    } else {
      matrixProduct(
        dtype, m: m, n: n, k: k, a: a.storage, lda: a.stride, transposeA: transposeA, b: b.storage, ldb: b.stride,
        transposeB: transposeB, c: c.storage, ldc: c.stride, accumulate: accumulate,
        bias: withBias ? UnsafeRawPointer(bias.storage) : nil, on: isa)
    }
    return c.values()
  }
}
