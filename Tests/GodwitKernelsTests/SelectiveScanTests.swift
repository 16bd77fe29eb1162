import Foundation
import Testing

@testable import GodwitKernels

/// The selective scan and its gradient against loops in float64, under every instruction set.
@Suite struct SelectiveScanTests {
  struct Case: Sendable {
    var batch, length, width, states: Int
    var hasSkip = true
    var hasInitial = true
    var shape: SelectiveScanShape {
      SelectiveScanShape(batch: batch, length: length, width: width, states: states)
    }
  }

  static let cases = [
    Case(batch: 1, length: 1, width: 1, states: 1), Case(batch: 2, length: 7, width: 5, states: 3),
    Case(batch: 2, length: 33, width: 33, states: 16), Case(batch: 1, length: 100, width: 70, states: 4),
    Case(batch: 2, length: 65, width: 300, states: 5, hasSkip: false),
    Case(batch: 2, length: 40, width: 32, states: 1, hasInitial: false), Case(batch: 2, length: 0, width: 9, states: 2),
    Case(batch: 0, length: 5, width: 9, states: 2), Case(batch: 2, length: 5, width: 9, states: 0),
  ]

  /// The scan and its gradient, position by position.
  struct Naive {
    var u, delta, a, b, c, skip, initial, dy, dFinal: [Double]
    var y, final: [Double]
    var du, dDelta, da, db, dc, dSkip, dInitial: [Double]

    init(_ test: Case, seed: UInt64) {
      var noise = RecurrenceNoise(seed: seed)
      func array(_ count: Int, _ scale: Double = 1, _ offset: Double = 0) -> [Double] {
        noise.array(count).map { Double(Float($0 * scale + offset)) }
      }
      let (rows, states) = (test.batch * test.length * test.width, test.batch * test.length * test.states)
      let matrix = test.width * test.states
      (u, delta) = (array(rows), array(rows, 0.2, 0.2))
      // Some of the factors are far below all numbers.
      a = array(matrix, 1, -1.01).enumerated().map { $0 % 17 == 5 ? -700 : $1 }
      (b, c, skip) = (array(states), array(states), array(test.width))
      initial = test.hasInitial ? array(test.batch * matrix) : [Double](repeating: 0, count: test.batch * matrix)
      (dy, dFinal) = (array(rows), array(test.batch * matrix))
      (y, final) = (u, initial)
      (du, dDelta, da, db, dc, dSkip) = (u, delta, a.map { _ in 0 }, b, c, skip.map { _ in 0 })
      dInitial = initial
      run(test)
    }

    fileprivate mutating func run(_ test: Case) {
      for index in db.indices { (db[index], dc[index]) = (0, 0) }
      let (length, width, states) = (test.length, test.width, test.states)
      for entry in 0..<test.batch {
        for channel in 0..<width {
          let first = (entry * width + channel) * states
          func row(_ t: Int) -> Int { (entry * length + t) * width + channel }
          var h = [Array(initial[first..<first + states])]
          for t in 0..<length {
            let at = (entry * length + t) * states
            var sum = test.hasSkip ? skip[channel] * u[row(t)] : 0
            var next = h[t]
            for n in 0..<states {
              next[n] =
                exp(delta[row(t)] * a[channel * states + n]) * next[n] + delta[row(t)] * u[row(t)] * b[at + n]
              sum += c[at + n] * next[n]
            }
            h.append(next)
            y[row(t)] = sum
          }
          for n in 0..<states { final[first + n] = h[length][n] }
          var carry = Array(dFinal[first..<first + states])
          for t in (0..<length).reversed() {
            let (at, x, step) = ((entry * length + t) * states, u[row(t)], delta[row(t)])
            (du[row(t)], dDelta[row(t)]) = (test.hasSkip ? skip[channel] * dy[row(t)] : 0, 0)
            dSkip[channel] += dy[row(t)] * x
            for n in 0..<states {
              let place = channel * states + n
              let (dh, factor) = (carry[n] + c[at + n] * dy[row(t)], exp(step * a[place]))
              dc[at + n] += dy[row(t)] * h[t + 1][n]
              db[at + n] += dh * step * x
              du[row(t)] += dh * step * b[at + n]
              dDelta[row(t)] += dh * (x * b[at + n] + factor * h[t][n] * a[place])
              da[place] += dh * factor * h[t][n] * step
              carry[n] = dh * factor
            }
          }
          for n in 0..<states { dInitial[first + n] = carry[n] }
        }
      }
    }
  }

  @Test(arguments: cases) func equalsTheNaiveLoop(test: Case) {
    let naive = Naive(test, seed: 11)
    let (u, delta, a, b, c) = (
      floats(naive.u), floats(naive.delta), floats(naive.a), floats(naive.b), floats(naive.c)
    )
    let (skip, initial, dy, dFinal) = (
      floats(naive.skip), floats(naive.initial), floats(naive.dy), floats(naive.dFinal)
    )
    for isa in InstructionSet.supported {
      var (y, final) = (u, initial)
      var checkpoints = [Float](repeating: .nan, count: test.shape.checkpointCount)
      var (du, dDelta, da, db, dc, dSkip, dInitial) = (u, delta, a, b, c, skip, initial)
      skip.withUnsafeBufferPointer { skip in
        let operands = SelectiveScanOperands(
          u: u, delta: delta, a: a, b: b, c: c, skip: test.hasSkip ? skip.baseAddress : nil)
        selectiveScan(
          test.shape, operands, initial: test.hasInitial ? initial : nil, y: &y, final: &final,
          checkpoints: &checkpoints, on: isa)
        selectiveScanGradient(
          test.shape, operands, checkpoints: checkpoints, dy: dy, dFinal: dFinal,
          SelectiveScanGradients(
            u: place(&du), delta: place(&dDelta), a: place(&da), b: place(&db), c: place(&dc),
            skip: test.hasSkip ? place(&dSkip) : nil, initial: place(&dInitial)),
          on: isa)
      }
      func check(_ got: [Float], _ want: [Double], _ name: String) {
        #expect(errorRatio(got, want) <= 2e-6, "\(name) under \(isa)")
      }
      check(y, naive.y, "y")
      check(final, naive.final, "final")
      check(du, naive.du, "du")
      check(dDelta, naive.dDelta, "dDelta")
      check(da, naive.da, "da")
      check(db, naive.db, "db")
      check(dc, naive.dc, "dc")
      if test.hasSkip { check(dSkip, naive.dSkip, "dSkip") }
      check(dInitial, naive.dInitial, "dInitial")
    }
  }

  /// A position by itself, whose states are not packed.
  @Test(arguments: [(1, 1, 1), (2, 33, 16), (2, 70, 3), (1, 300, 5), (2, 9, 0), (0, 4, 2)], [false, true])
  func aStepEqualsTheNaiveLoop(sizes: (Int, Int, Int), hasInitial: Bool) {
    let test = Case(batch: sizes.0, length: 1, width: sizes.1, states: sizes.2, hasInitial: hasInitial)
    let naive = Naive(test, seed: 13)
    var (u, delta, a, b, c) = (
      floats(naive.u), floats(naive.delta), floats(naive.a), floats(naive.b), floats(naive.c)
    )
    var (skip, initial) = (floats(naive.skip), floats(naive.initial))
    let operands = SelectiveScanOperands(
      u: place(&u), delta: place(&delta), a: place(&a), b: place(&b), c: place(&c), skip: place(&skip))
    for isa in InstructionSet.supported {
      var (y, final) = (u, initial)
      selectiveScan(
        test.shape, operands, initial: hasInitial ? place(&initial) : nil, y: place(&y), final: place(&final),
        checkpoints: nil, on: isa)
      #expect(errorRatio(y, naive.y) <= 2e-6 && errorRatio(final, naive.final) <= 2e-6, "\(isa)")
    }
  }

  /// The naive gradient is the derivative of the naive loop.
  @Test func theNaiveGradientIsADerivative() {
    let test = Case(batch: 1, length: 6, width: 3, states: 2)
    func loss(_ x: Naive) -> Double { dot(x.y, x.dy) + dot(x.final, x.dFinal) }
    let base = Naive(test, seed: 5)
    let parts: [(WritableKeyPath<Naive, [Double]>, KeyPath<Naive, [Double]>)] = [
      (\.u, \.du), (\.delta, \.dDelta), (\.a, \.da), (\.b, \.db), (\.c, \.dc), (\.skip, \.dSkip),
      (\.initial, \.dInitial),
    ]
    for (input, gradient) in parts {
      for index in base[keyPath: input].indices where abs(base[keyPath: input][index]) < 100 {
        var (more, less) = (base, base)
        more[keyPath: input][index] += 1e-6
        less[keyPath: input][index] -= 1e-6
        more.rerun(test)
        less.rerun(test)
        let quotient = (loss(more) - loss(less)) / 2e-6
        #expect(abs(quotient - base[keyPath: gradient][index]) < 1e-7, "\(input)")
      }
    }
  }
}

extension SelectiveScanTests.Naive {
  fileprivate mutating func rerun(_ test: SelectiveScanTests.Case) {
    for index in da.indices { da[index] = 0 }
    for index in dSkip.indices { dSkip[index] = 0 }
    run(test)
  }
}
