import Testing

@testable import GodwitKernels

/// A reproducible stream of doubles for the recurrence tests.
struct RecurrenceNoise {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  /// Uniform on -1...1, and exactly a float.
  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(Float(Int32(truncatingIfNeeded: state >> 32)) / 2_147_483_648)
  }

  mutating func array(_ count: Int) -> [Double] {
    var values = [Double](repeating: 0, count: count)
    for index in 0..<count { values[index] = next() }
    return values
  }
}

/// ‖got − want‖ / ‖want‖, or / `norm`; 0 where both are the same, NaN where `got` holds one.
func errorRatio(_ got: [Float], _ want: [Double], norm: Double? = nil) -> Double {
  guard got.count == want.count else { return .infinity }
  var difference = 0.0
  var sum = 0.0
  for index in got.indices {
    let delta = Double(got[index]) - want[index]
    difference += delta * delta
    sum += want[index] * want[index]
  }
  return difference == 0 ? 0 : difference.squareRoot() / max(norm ?? sum.squareRoot(), 1e-30)
}

/// Where the elements of an array are, which must live on; of one without elements a place that nothing is read from.
func place(_ x: inout [Float]) -> UnsafeMutablePointer<Float> {
  if x.isEmpty { x.reserveCapacity(1) }
  return x.withUnsafeMutableBufferPointer { $0.baseAddress! }
}

func floats(_ values: [Double]) -> [Float] { values.map { Float($0) } }

/// A dense array placed into rows `padding` floats wider than needed, whose rest is a guard value.
struct GuardedRows {
  static let guardValue: Float = -12345.5
  let batch: Int
  let length: Int
  let width: Int
  let stride: Int
  let storage: UnsafeMutablePointer<Float>

  init(batch: Int, length: Int, width: Int, padding: Int, _ values: [Double]? = nil) {
    self.batch = batch
    self.length = length
    self.width = width
    stride = width + padding
    storage = .allocate(capacity: batch * length * stride + 1)
    storage.initialize(repeating: GuardedRows.guardValue, count: batch * length * stride + 1)
    guard let values else { return }
    for row in 0..<batch * length {
      for column in 0..<width { storage[row * stride + column] = Float(values[row * width + column]) }
    }
  }

  var rows: AttentionRows {
    AttentionRows(pointer: UnsafePointer(storage), batchStride: length * stride, rowStride: stride)
  }
  var mutableRows: MutableAttentionRows {
    MutableAttentionRows(pointer: storage, batchStride: length * stride, rowStride: stride)
  }

  /// The dense values; fails the test where something was written beside them.
  func values() -> [Float] {
    var result = [Float]()
    for row in 0..<batch * length {
      for column in 0..<stride {
        let value = storage[row * stride + column]
        if column < width { result.append(value) } else { #expect(value == GuardedRows.guardValue) }
      }
    }
    #expect(storage[batch * length * stride] == GuardedRows.guardValue)
    return result
  }

  func free() { storage.deallocate() }
}

/// Linear attention in float64, one position after another, and its gradient by the chain rule with every state kept.
struct NaiveLinearAttention {
  var shape: LinearAttentionShape
  var map: ElementwiseFeatureMap
  var normalized: Bool
  var epsilon = 0.0
  var q, k, v, initialState, initialSum: [Double]
  var output, denominator, finalState, finalSum: [Double]

  init(
    _ shape: LinearAttentionShape, map: ElementwiseFeatureMap, normalized: Bool, q: [Double], k: [Double], v: [Double],
    initialState: [Double], initialSum: [Double]
  ) {
    self.shape = shape
    self.map = map
    self.normalized = normalized
    (self.q, self.k, self.v) = (q, k, v)
    (self.initialState, self.initialSum) = (initialState, initialSum)
    output = [Double](repeating: 0, count: v.count)
    denominator = [Double](repeating: 0, count: shape.batch * shape.length * shape.heads)
    (finalState, finalSum) = (initialState, initialSum)
    run()
  }

  func phi(_ x: Double) -> Double {
    switch map {
    case .identity: x
    case .eluPlusOne: x > 0 ? x + 1 : exponential(x)
    case .relu: max(x, 0)
    case .reluSquared: max(x, 0) * max(x, 0)
    }
  }
  func slope(_ x: Double) -> Double {
    switch map {
    case .identity: 1
    case .eluPlusOne: x > 0 ? 1 : exponential(x)
    case .relu: x > 0 ? 1 : 0
    case .reluSquared: 2 * max(x, 0)
    }
  }

  private func key(_ b: Int, _ t: Int, _ h: Int, _ i: Int) -> Int {
    ((b * shape.length + t) * shape.heads + h) * shape.keyWidth + i
  }
  private func value(_ b: Int, _ t: Int, _ h: Int, _ j: Int) -> Int {
    ((b * shape.length + t) * shape.heads + h) * shape.valueWidth + j
  }

  /// The state that position t reads, with the sum as its last column.
  private func states(_ b: Int, _ h: Int) -> (read: [[Double]], final: [Double]) {
    let (width, columns) = (shape.keyWidth, shape.valueWidth)
    var state = [Double](repeating: 0, count: width * (columns + 1))
    for i in 0..<width {
      for j in 0..<columns {
        state[i * (columns + 1) + j] = initialState[((b * shape.heads + h) * width + i) * columns + j]
      }
      state[i * (columns + 1) + columns] = initialSum[(b * shape.heads + h) * width + i]
    }
    var read = [[Double]]()
    for t in 0..<shape.length {
      for i in 0..<width {
        let feature = phi(k[key(b, t, h, i)])
        for j in 0..<columns { state[i * (columns + 1) + j] += feature * v[value(b, t, h, j)] }
        state[i * (columns + 1) + columns] += feature
      }
      read.append(state)
    }
    if !shape.causal { read = [[Double]](repeating: state, count: shape.length) }
    return (read, state)
  }

  private mutating func run() {
    let (width, columns) = (shape.keyWidth, shape.valueWidth)
    for b in 0..<shape.batch {
      for h in 0..<shape.heads {
        let (read, state) = states(b, h)
        for t in 0..<shape.length {
          var divisor = 0.0
          for i in 0..<width { divisor += phi(q[key(b, t, h, i)]) * read[t][i * (columns + 1) + columns] }
          divisor += epsilon
          denominator[(b * shape.length + t) * shape.heads + h] = divisor
          for j in 0..<columns {
            var sum = 0.0
            for i in 0..<width { sum += phi(q[key(b, t, h, i)]) * read[t][i * (columns + 1) + j] }
            output[value(b, t, h, j)] = normalized ? sum / divisor : sum
          }
        }
        for i in 0..<width {
          for j in 0..<columns {
            finalState[((b * shape.heads + h) * width + i) * columns + j] = state[i * (columns + 1) + j]
          }
          finalSum[(b * shape.heads + h) * width + i] = state[i * (columns + 1) + columns]
        }
      }
    }
  }

  /// The gradients of sum(output * dy) + sum(finalState * dState) + sum(finalSum * dSum).
  func gradient(dy: [Double], dState: [Double], dSum: [Double]) -> (
    q: [Double], k: [Double], v: [Double], state: [Double], sum: [Double]
  ) {
    let (width, columns) = (shape.keyWidth, shape.valueWidth)
    var (dq, dk, dv) = (q, k, v)
    var (dInitial, dInitialSum) = (initialState, initialSum)
    for b in 0..<shape.batch {
      for h in 0..<shape.heads {
        let (read, _) = states(b, h)
        var d = [Double](repeating: 0, count: width * (columns + 1))
        for i in 0..<width {
          for j in 0..<columns {
            d[i * (columns + 1) + j] = dState[((b * shape.heads + h) * width + i) * columns + j]
          }
          d[i * (columns + 1) + columns] = normalized ? dSum[(b * shape.heads + h) * width + i] : 0
        }
        func back(_ t: Int) {
          let divisor = denominator[(b * shape.length + t) * shape.heads + h]
          var row = [Double](repeating: 0, count: columns + 1)
          for j in 0..<columns {
            row[j] = normalized ? dy[value(b, t, h, j)] / divisor : dy[value(b, t, h, j)]
            if normalized { row[columns] -= row[j] * output[value(b, t, h, j)] }
          }
          for i in 0..<width {
            var sum = 0.0
            let feature = phi(q[key(b, t, h, i)])
            for j in 0...columns {
              sum += read[t][i * (columns + 1) + j] * row[j]
              d[i * (columns + 1) + j] += feature * row[j]
            }
            dq[key(b, t, h, i)] = sum * slope(q[key(b, t, h, i)])
          }
        }
        func keys(_ t: Int) {
          for j in 0..<columns { dv[value(b, t, h, j)] = 0 }
          for i in 0..<width {
            var sum = d[i * (columns + 1) + columns]
            for j in 0..<columns {
              sum += d[i * (columns + 1) + j] * v[value(b, t, h, j)]
              dv[value(b, t, h, j)] += d[i * (columns + 1) + j] * phi(k[key(b, t, h, i)])
            }
            dk[key(b, t, h, i)] = sum * slope(k[key(b, t, h, i)])
          }
        }
        for t in (0..<shape.length).reversed() {
          back(t)
          if shape.causal { keys(t) }
        }
        if !shape.causal { for t in 0..<shape.length { keys(t) } }
        for i in 0..<width {
          for j in 0..<columns {
            dInitial[((b * shape.heads + h) * width + i) * columns + j] = d[i * (columns + 1) + j]
          }
          dInitialSum[(b * shape.heads + h) * width + i] = d[i * (columns + 1) + columns]
        }
      }
    }
    return (dq, dk, dv, dInitial, dInitialSum)
  }
}

/// e^x by its series, so that the tests need no system library.
func exponential(_ x: Double) -> Double {
  if x < -750 { return 0 }
  let halvings = 10
  let small = x / Double(1 << halvings)
  var term = 1.0
  var sum = 1.0
  for n in 1..<20 {
    term *= small / Double(n)
    sum += term
  }
  for _ in 0..<halvings { sum *= sum }
  return sum
}
