import Testing

@testable import GodwitKernels

@Suite struct OuterProductRecurrenceTests {
  static let tolerance = 3e-6
  /// The gradient of a decay is a sum over time of differences of sums.
  static let decayTolerance = 1e-5

  struct Case: Sendable, CustomTestStringConvertible {
    var shape: OuterProductShape
    var kind: NaiveOuterProduct.Kind
    /// log a lies between -2 * strength and 0.
    var strength: Double
    var padding: Int
    var testDescription: String {
      "\(kind) B\(shape.batch) H\(shape.heads) T\(shape.length) K\(shape.keyWidth) V\(shape.valueWidth) "
        + "chunk \(shape.chunk) strict \(shape.strictlyPast) strength \(strength)"
    }
  }

  static let cases: [Case] = {
    var cases = [Case]()
    for kind in NaiveOuterProduct.Kind.allCases {
      for strict in [false, true] {
        for (length, chunk, keyWidth, valueWidth, strength) in [
          (0, 8, 4, 3, 0.5), (1, 8, 5, 3, 0.5), (7, 8, 1, 1, 0.5), (8, 8, 16, 33, 0.01), (33, 8, 70, 18, 0.1),
          (100, 32, 20, 64, 1.0), (90, 16, 9, 40, 20.0),
        ] {
          cases.append(
            Case(
              shape: OuterProductShape(
                batch: 2, heads: 3, length: length, keyWidth: keyWidth, valueWidth: valueWidth, strictlyPast: strict,
                chunk: chunk), kind: kind, strength: strength, padding: length % 2 == 0 ? 0 : 5))
        }
      }
    }
    for kind in NaiveOuterProduct.Kind.allCases {
      // Enough heads that several are scanned by one task, in turns.
      cases.append(
        Case(
          shape: OuterProductShape(batch: 4, heads: 8, length: 37, keyWidth: 12, valueWidth: 20, chunk: 16),
          kind: kind, strength: 0.2, padding: 2))
    }
    cases.append(
      Case(
        shape: OuterProductShape(batch: 1, heads: 1, length: 2000, keyWidth: 16, valueWidth: 16),
        kind: .perChannel, strength: 0.05, padding: 1))
    return cases
  }()

  struct Problem {
    var naive: NaiveOuterProduct
    var dy, dFinal: [Double]

    init(_ test: Case, seed: UInt64 = 2) {
      var noise = RecurrenceNoise(seed: seed)
      let shape = test.shape
      let positions = shape.batch * shape.length * shape.heads
      let states = shape.batch * shape.heads * shape.keyWidth * shape.valueWidth
      var decay = noise.array(test.kind.count(shape))
      for index in decay.indices { decay[index] = Double(Float((decay[index] - 1) * test.strength)) }
      naive = NaiveOuterProduct(
        shape, test.kind, q: noise.array(positions * shape.keyWidth), k: noise.array(positions * shape.keyWidth),
        v: noise.array(positions * shape.valueWidth), decay: decay, initial: noise.array(states))
      dy = noise.array(positions * shape.valueWidth)
      dFinal = noise.array(states)
    }
  }

  func check(_ got: [Float], _ want: [Double], _ name: String, _ isa: InstructionSet, norm: Double? = nil) {
    let error = norm.map { errorRatio(got, want, norm: $0) } ?? errorRatio(got, want)
    #expect(error <= (norm == nil ? Self.tolerance : Self.decayTolerance), "\(name) under \(isa)")
  }

  @Test(arguments: cases) func forwardAndGradientEqualTheNaiveLoop(test: Case) {
    let problem = Problem(test)
    let (naive, shape) = (problem.naive, test.shape)
    let want = naive.gradient(dy: problem.dy, dFinal: problem.dFinal)
    let keys = shape.heads * shape.keyWidth
    let values = shape.heads * shape.valueWidth
    func rows(_ width: Int, _ contents: [Double]? = nil) -> GuardedRows {
      GuardedRows(batch: shape.batch, length: shape.length, width: width, padding: test.padding, contents)
    }
    for isa in InstructionSet.supported {
      let (q, k, v) = (rows(keys, naive.q), rows(keys, naive.k), rows(values, naive.v))
      let (dq, dk, dv) = (rows(keys), rows(keys), rows(values))
      let (y, dy) = (rows(values), rows(values, problem.dy))
      let decayRows = rows(keys, test.kind == .perChannel ? naive.decay : nil)
      let dDecayRows = rows(keys)
      defer { for array in [q, k, v, dq, dk, dv, y, dy, decayRows, dDecayRows] { array.free() } }
      var final = floats(naive.initial)  // in place
      var dInitial = [Float](repeating: .nan, count: naive.initial.count)
      var decayValues = floats(naive.decay)
      var dDecay = [Float](repeating: .nan, count: naive.decay.count)
      decayValues.withUnsafeMutableBufferPointer { decayValues in
        dDecay.withUnsafeMutableBufferPointer { dDecay in
          let decay: OuterProductDecay
          let decayGradient: OuterProductDecayGradient
          switch test.kind {
          case .none: (decay, decayGradient) = (.none, .none)
          case .perHead:
            (decay, decayGradient) = (.perHead(.init(decayValues.baseAddress!)), .perHead(dDecay.baseAddress!))
          case .perHeadChannel:
            decay = .perHeadChannel(.init(decayValues.baseAddress!))
            decayGradient = .perHeadChannel(dDecay.baseAddress!)
          case .perPosition:
            decay = .perPosition(.init(decayValues.baseAddress ?? q.storage))
            decayGradient = .perPosition(dDecay.baseAddress ?? q.storage)
          case .perChannel: (decay, decayGradient) = (.perChannel(decayRows.rows), .perChannel(dDecayRows.mutableRows))
          }
          final.withUnsafeMutableBufferPointer { final in
            outerProductRecurrence(
              shape, decay: decay, queries: q.rows, keys: k.rows, values: v.rows, output: y.mutableRows,
              initialState: .init(final.baseAddress!), finalState: final.baseAddress!, on: isa)
          }
          outerProductRecurrenceGradient(
            shape, decay: decay, queries: q.rows, keys: k.rows, values: v.rows, initialState: floats(naive.initial),
            outputGradient: dy.rows, finalStateGradient: floats(problem.dFinal), queryGradient: dq.mutableRows,
            keyGradient: dk.mutableRows, valueGradient: dv.mutableRows, decayGradient: decayGradient,
            initialStateGradient: &dInitial, on: isa)
        }
      }
      check(y.values(), naive.output, "output", isa)
      check(final, naive.final, "final state", isa)
      check(dq.values(), want.q, "dq", isa)
      check(dk.values(), want.k, "dk", isa)
      check(dv.values(), want.v, "dv", isa)
      check(dInitial, want.initial, "gradient of the initial state", isa)
      check(
        test.kind == .perChannel ? dDecayRows.values() : dDecay, want.decay, "gradient of the decay", isa,
        norm: want.decayAddends)
    }
  }

  /// The reference itself against central differences.
  @Test(arguments: NaiveOuterProduct.Kind.allCases, [false, true])
  func naiveGradientIsTheDerivative(kind: NaiveOuterProduct.Kind, strict: Bool) {
    let shape = OuterProductShape(batch: 2, heads: 2, length: 6, keyWidth: 3, valueWidth: 2, strictlyPast: strict)
    let problem = Problem(Case(shape: shape, kind: kind, strength: 0.5, padding: 0), seed: 9)
    let naive = problem.naive
    var noise = RecurrenceNoise(seed: 4)
    let gradient = naive.gradient(dy: problem.dy, dFinal: problem.dFinal)
    let directions = [naive.q, naive.k, naive.v, naive.decay, naive.initial].map { noise.array($0.count) }
    func loss(_ step: Double) -> Double {
      func moved(_ x: [Double], _ index: Int) -> [Double] {
        x.indices.map { x[$0] + step * directions[index][$0] }
      }
      let moved = NaiveOuterProduct(
        shape, kind, q: moved(naive.q, 0), k: moved(naive.k, 1), v: moved(naive.v, 2), decay: moved(naive.decay, 3),
        initial: moved(naive.initial, 4))
      return dot(moved.output, problem.dy) + dot(moved.final, problem.dFinal)
    }
    var slope = 0.0
    let parts = [gradient.q, gradient.k, gradient.v, gradient.decay, gradient.initial]
    for (index, part) in parts.enumerated() { slope += dot(part, directions[index]) }
    expectSlope(slope, tolerance: 1e-6, of: loss)
  }
}
