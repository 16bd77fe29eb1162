@testable import GodwitKernels

/// The outer-product recurrence in float64, one position after another, and its gradient with every state kept.
/// The decay is [B, T, H, K] here; `reduced` sums its gradient over the axes that a kind of decay lacks.
struct NaiveOuterProduct {
  enum Kind: String, CaseIterable, Sendable {
    case none, perHead, perHeadChannel, perPosition, perChannel

    /// Index of (b, t, h, i) in the decay's own layout.
    func index(_ shape: OuterProductShape, _ b: Int, _ t: Int, _ h: Int, _ i: Int) -> Int {
      switch self {
      case .none: 0
      case .perHead: h
      case .perHeadChannel: h * shape.keyWidth + i
      case .perPosition: (b * shape.length + t) * shape.heads + h
      case .perChannel: ((b * shape.length + t) * shape.heads + h) * shape.keyWidth + i
      }
    }

    func count(_ shape: OuterProductShape) -> Int {
      switch self {
      case .none: 0
      case .perHead: shape.heads
      case .perHeadChannel: shape.heads * shape.keyWidth
      case .perPosition: shape.batch * shape.length * shape.heads
      case .perChannel: shape.batch * shape.length * shape.heads * shape.keyWidth
      }
    }
  }

  let shape: OuterProductShape
  let kind: Kind
  var q, k, v, decay, initial: [Double]
  var output, final: [Double]
  private var states: [Double] = []  // [B, H, T + 1, K, V]

  init(
    _ shape: OuterProductShape, _ kind: Kind, q: [Double], k: [Double], v: [Double], decay: [Double],
    initial: [Double]
  ) {
    self.shape = shape
    self.kind = kind
    (self.q, self.k, self.v, self.decay, self.initial) = (q, k, v, decay, initial)
    (output, final) = (v, initial)
    run()
  }

  private func key(_ b: Int, _ t: Int, _ h: Int, _ i: Int) -> Int {
    ((b * shape.length + t) * shape.heads + h) * shape.keyWidth + i
  }
  private func value(_ b: Int, _ t: Int, _ h: Int, _ j: Int) -> Int {
    ((b * shape.length + t) * shape.heads + h) * shape.valueWidth + j
  }
  private func factor(_ b: Int, _ t: Int, _ h: Int, _ i: Int) -> Double {
    kind == .none ? 1 : exponential(decay[kind.index(shape, b, t, h, i)])
  }
  private func state(_ b: Int, _ h: Int, _ t: Int) -> Int {
    ((b * shape.heads + h) * (shape.length + 1) + t) * shape.keyWidth * shape.valueWidth
  }

  mutating func run() {
    let (width, columns) = (shape.keyWidth, shape.valueWidth)
    let size = width * columns
    states = [Double](repeating: 0, count: shape.batch * shape.heads * (shape.length + 1) * size)
    for b in 0..<shape.batch {
      for h in 0..<shape.heads {
        let head = (b * shape.heads + h) * size
        for index in 0..<size { states[state(b, h, 0) + index] = initial[head + index] }
        for t in 0..<shape.length {
          let (before, after) = (state(b, h, t), state(b, h, t + 1))
          for j in 0..<columns { output[value(b, t, h, j)] = 0 }
          for i in 0..<width {
            let a = factor(b, t, h, i)
            for j in 0..<columns {
              states[after + i * columns + j] =
                a * states[before + i * columns + j] + k[key(b, t, h, i)] * v[value(b, t, h, j)]
              output[value(b, t, h, j)] +=
                q[key(b, t, h, i)] * states[(shape.strictlyPast ? before : after) + i * columns + j]
            }
          }
        }
        for index in 0..<size { final[head + index] = states[state(b, h, shape.length) + index] }
      }
    }
  }

  /// The gradients of sum(output * dy) + sum(final * dFinal).
  ///
  /// `decayAddends` is the norm of all that is summed up in `decay`, by which an error there is to be judged: the
  /// addends have either sign, and little may be left of them.
  func gradient(dy: [Double], dFinal: [Double]) -> (
    q: [Double], k: [Double], v: [Double], decay: [Double], initial: [Double], decayAddends: Double
  ) {
    var addends = 0.0
    let (width, columns) = (shape.keyWidth, shape.valueWidth)
    let size = width * columns
    var (dq, dk, dv, dInitial) = (q, k, v, initial)
    var dDecay = [Double](repeating: 0, count: kind.count(shape))
    for b in 0..<shape.batch {
      for h in 0..<shape.heads {
        let head = (b * shape.heads + h) * size
        var d = [Double](dFinal[head..<head + size])
        for t in (0..<shape.length).reversed() {
          let (before, after) = (state(b, h, t), state(b, h, t + 1))
          let read = shape.strictlyPast ? before : after
          for j in 0..<columns { dv[value(b, t, h, j)] = 0 }
          for i in 0..<width {
            let a = factor(b, t, h, i)
            var (sumQ, sumK, sumDecay) = (0.0, 0.0, 0.0)
            for j in 0..<columns {
              let index = i * columns + j
              let reading = q[key(b, t, h, i)] * dy[value(b, t, h, j)]
              sumQ += states[read + index] * dy[value(b, t, h, j)]
              if !shape.strictlyPast { d[index] += reading }
              sumK += d[index] * v[value(b, t, h, j)]
              dv[value(b, t, h, j)] += d[index] * k[key(b, t, h, i)]
              sumDecay += d[index] * a * states[before + index]
              d[index] *= a
              if shape.strictlyPast { d[index] += reading }
            }
            dq[key(b, t, h, i)] = sumQ
            dk[key(b, t, h, i)] = sumK
            addends += sumDecay * sumDecay
            if kind != .none { dDecay[kind.index(shape, b, t, h, i)] += sumDecay }
          }
        }
        for index in 0..<size { dInitial[head + index] = d[index] }
      }
    }
    return (dq, dk, dv, dDecay, dInitial, addends.squareRoot())
  }
}
