import Foundation
import Testing

@testable import GodwitKernels

/// RWKV's weighted mean and its gradient against sums in float64, under every instruction set.
@Suite struct WKVTests {
  struct Case: Sendable {
    var batch, length, width: Int
    var keys = 2.0
    var shape: WKVShape { WKVShape(batch: batch, length: length, width: width) }
  }

  static let cases = [
    Case(batch: 1, length: 1, width: 1), Case(batch: 2, length: 7, width: 5), Case(batch: 2, length: 70, width: 33),
    Case(batch: 1, length: 33, width: 300), Case(batch: 2, length: 40, width: 9, keys: 80),
    Case(batch: 2, length: 0, width: 3), Case(batch: 0, length: 4, width: 3),
  ]

  /// Without taking anything out of the sums, which float64 holds for keys up to 700.
  struct Naive {
    var k, v, decay, bonus: [Double]
    var state: [[Double]]
    let dy: [Double]
    let dState: [[Double]]
    var y: [Double] = []
    var final: [[Double]] = []

    init(_ test: Case, seed: UInt64) {
      var noise = RecurrenceNoise(seed: seed)
      func array(_ count: Int, _ scale: Double = 1, _ offset: Double = 0) -> [Double] {
        noise.array(count).map { Double(Float($0 * scale + offset)) }
      }
      let (rows, states) = (test.batch * test.length * test.width, test.batch * test.width)
      (k, v) = (array(rows, test.keys), array(rows))
      (decay, bonus) = (array(test.width, 0.5, 0.5), array(test.width))
      state = [array(states), array(states, 0.4, 0.6), array(states, 3)]
      dy = array(rows)
      dState = (0..<3).map { _ in array(states) }
      run(test)
    }

    mutating func run(_ test: Case) {
      y = k
      final = state
      for entry in 0..<test.batch {
        for d in 0..<test.width {
          let place = entry * test.width + d
          var p = state[2][place]
          var (a, b) = (state[0][place] * exp(p), state[1][place] * exp(p))
          for t in 0..<test.length {
            let row = (entry * test.length + t) * test.width + d
            let own = exp(bonus[d] + k[row])
            y[row] = (a + own * v[row]) / (b + own)
            (a, b) = (exp(-decay[d]) * a + exp(k[row]) * v[row], exp(-decay[d]) * b + exp(k[row]))
            p = max(p - decay[d], k[row])
          }
          (final[0][place], final[1][place], final[2][place]) = (a * exp(-p), b * exp(-p), p)
        }
      }
    }

    var loss: Double {
      dot(y, dy) + dot(final[0], dState[0]) + dot(final[1], dState[1]) + dot(final[2], dState[2])
    }
  }

  /// What the kernels make of a case.
  struct Result {
    var y, dk, dv, dDecay, dBonus: [Float]
    var state, dState: [[Float]]

    init(_ naive: Naive, _ test: Case, _ isa: InstructionSet) {
      let (k, v, decay, bonus) = (floats(naive.k), floats(naive.v), floats(naive.decay), floats(naive.bonus))
      (y, dk, dv, dDecay, dBonus) = (k, k, v, decay, bonus)
      let initial = naive.state.map(floats)
      (state, dState) = (initial, naive.dState.map(floats))
      var checkpoints = [Float](repeating: .nan, count: test.shape.checkpointCount)
      func places(_ x: inout [[Float]]) -> [UnsafeMutablePointer<Float>] {
        x.indices.map { place(&x[$0]) }
      }
      var before = initial
      let (state, dState, first) = (places(&state), places(&dState), places(&before))
      k.withUnsafeBufferPointer { k in
        v.withUnsafeBufferPointer { v in
          let operands = WKVOperands(keys: k.baseAddress!, values: v.baseAddress!, decay: decay, bonus: bonus)
          wkv(test.shape, operands, state: state, y: &y, checkpoints: &checkpoints, on: isa)
          wkvGradient(
            test.shape, operands, checkpoints: &checkpoints, finalState: state.map { UnsafePointer($0) },
            initialState: first.map { UnsafePointer($0) }, dy: floats(naive.dy), dState: dState, dKeys: &dk,
            dValues: &dv, dDecay: &dDecay, dBonus: &dBonus, on: isa)
        }
      }
    }
  }

  @Test(arguments: cases) func equalsTheSums(test: Case) {
    let naive = Naive(test, seed: 23)
    for isa in InstructionSet.supported {
      let got = Result(naive, test, isa)
      #expect(errorRatio(got.y, naive.y) <= 2e-6, "\(isa)")
      for sum in 0..<3 { #expect(errorRatio(got.state[sum], naive.final[sum]) <= 2e-6, "\(sum) \(isa)") }
    }
  }

  @Test(arguments: [3, 40]) func gradientsAreDerivatives(length: Int) {
    let test = Case(batch: 2, length: length, width: 3)
    let naive = Naive(test, seed: 29)
    func quotients(_ part: WritableKeyPath<Naive, [Double]>) -> [Double] {
      naive[keyPath: part].indices.map { index in
        var (more, less) = (naive, naive)
        more[keyPath: part][index] += 1e-6
        less[keyPath: part][index] -= 1e-6
        more.run(test)
        less.run(test)
        return (more.loss - less.loss) / 2e-6
      }
    }
    for isa in InstructionSet.supported {
      let got = Result(naive, test, isa)
      #expect(errorRatio(got.dk, quotients(\.k)) <= 5e-6, "\(isa)")
      #expect(errorRatio(got.dv, quotients(\.v)) <= 5e-6, "\(isa)")
      #expect(errorRatio(got.dDecay, quotients(\.decay)) <= 5e-6, "\(isa)")
      #expect(errorRatio(got.dBonus, quotients(\.bonus)) <= 5e-6, "\(isa)")
      #expect(errorRatio(got.dState[0], quotients(\.state[0])) <= 5e-6, "\(isa)")
      #expect(errorRatio(got.dState[1], quotients(\.state[1])) <= 5e-6, "\(isa)")
      #expect(errorRatio(got.dState[2], quotients(\.state[2])) <= 5e-6, "\(isa)")
    }
  }

  /// With neither decay nor bonus and equal keys it is the mean of the values so far, whatever the key is.
  @Test(arguments: [Float(0), 80, -80, 3e4, -3e4]) func equalKeysMakeMeans(key: Float) {
    let (length, width) = (500, 20)
    let values = (0..<length * width).map { Float($0 * 7919 % 1000) / 500 - 1 }
    let (keys, zeros) = ([Float](repeating: key, count: length * width), [Float](repeating: 0, count: width))
    for isa in InstructionSet.supported {
      var y = values
      var state = [zeros, zeros, [Float](repeating: -1e38, count: width)]
      let places = state.indices.map { place(&state[$0]) }
      keys.withUnsafeBufferPointer { keys in
        values.withUnsafeBufferPointer { values in
          let operands = WKVOperands(
            keys: keys.baseAddress!, values: values.baseAddress!, decay: zeros, bonus: zeros)
          wkv(
            WKVShape(batch: 1, length: length, width: width), operands, state: places, y: &y, checkpoints: nil, on: isa)
        }
      }
      for d in 0..<width {
        var sum = 0.0
        for t in 0..<length {
          sum += Double(values[t * width + d])
          #expect(abs(Double(y[t * width + d]) - sum / Double(t + 1)) <= 1e-6, "\(isa)")
        }
      }
    }
  }
}
