import Testing

@testable import GodwitKernels

/// The outer-product recurrence by chunks against the naive loop, in which each head has queries and keys of its own.
@Suite struct OuterProductChunksTests {
  static let tolerance = OuterProductRecurrenceTests.tolerance
  static let decayTolerance = OuterProductRecurrenceTests.decayTolerance

  struct Case: Sendable, CustomTestStringConvertible {
    var shape: OuterProductShape
    var kind: NaiveOuterProduct.Kind
    /// log a lies between -2 * strength and 0.
    var strength = 0.5
    /// A log a for some positions.
    var forgets: Double?
    var padding = 0
    var hasStates = true
    var testDescription: String {
      "\(kind) B\(shape.batch) H\(shape.heads) of \(shape.keyHeads) T\(shape.length) K\(shape.keyWidth) "
        + "V\(shape.valueWidth) chunk \(shape.chunk) strength \(strength) forgets \(forgets ?? 0)"
    }
  }

  private static func shape(
    _ batch: Int, _ heads: Int, of keyHeads: Int, _ length: Int, _ keyWidth: Int, _ valueWidth: Int, _ chunk: Int
  ) -> OuterProductShape {
    OuterProductShape(
      batch: batch, heads: heads, keyHeads: keyHeads, length: length, keyWidth: keyWidth, valueWidth: valueWidth,
      chunk: chunk)
  }

  static let cases: [Case] = {
    var cases = [Case]()
    for kind in [NaiveOuterProduct.Kind.perHead, .perPosition] {
      for (length, chunk, keyWidth, valueWidth, strength) in [
        (0, 8, 4, 3, 0.5), (1, 8, 5, 3, 0.5), (7, 8, 1, 1, 0.5), (8, 8, 16, 33, 0.01), (33, 8, 70, 18, 0.1),
        (100, 32, 20, 64, 1.0), (90, 16, 9, 40, 20.0), (70, 48, 33, 31, 0.2), (131, 64, 24, 16, 0.003),
        (64, 1, 8, 8, 0.5), (17, 100, 8, 8, 0.5),
      ] {
        cases.append(
          Case(
            shape: shape(2, 3, of: 3, length, keyWidth, valueWidth, chunk), kind: kind, strength: strength,
            padding: length % 2 == 0 ? 0 : 5))
      }
      // Heads that share queries and keys, in one part and in several; few heads whose values are cut.
      cases += [
        Case(shape: shape(2, 4, of: 2, 37, 12, 20, 16), kind: kind, padding: 3),
        Case(shape: shape(1, 7, of: 1, 50, 33, 20, 32), kind: kind, strength: 0.1),
        Case(shape: shape(2, 11, of: 1, 20, 8, 5, 16), kind: kind),
        Case(shape: shape(1, 1, of: 1, 70, 20, 150, 32), kind: kind),
        Case(shape: shape(2, 2, of: 1, 40, 20, 140, 32), kind: kind, padding: 1),
        Case(shape: shape(1, 2, of: 1, 700, 16, 16, 256), kind: kind, strength: 0.02),
        Case(shape: shape(2, 3, of: 1, 40, 12, 20, 16), kind: kind, hasStates: false),
      ]
    }
    // What forgets all, by an infinite or a large logarithm, or nearly.
    for forgets in [-Double.infinity, -1e30, -104.5, -103.5, -60] {
      cases.append(
        Case(shape: shape(2, 3, of: 1, 100, 12, 20, 32), kind: .perPosition, strength: 0.1, forgets: forgets))
      cases.append(
        Case(shape: shape(1, 2, of: 2, 9, 12, 20, 4), kind: .perHead, strength: 0.1, forgets: forgets))
    }
    return cases
  }()

  /// Random operands; queries and keys are [B, T, G, K].
  struct Problem {
    let test: Case
    var q, k, v, decay, initial, dy, dFinal: [Double]

    init(_ test: Case, seed: UInt64 = 3) {
      self.test = test
      var noise = RecurrenceNoise(seed: seed)
      let shape = test.shape
      let positions = shape.batch * shape.length
      let states = shape.batch * shape.heads * shape.keyWidth * shape.valueWidth
      decay = noise.array(test.kind.count(shape))
      for index in decay.indices {
        decay[index] = Double(Float((decay[index] - 1) * test.strength))
        // Positions 0, 12, 24 …, two that follow one another, and the first head.
        if let forgets = test.forgets, index / shape.heads % 12 < 1 || index / shape.heads == 25 {
          if test.kind == .perPosition || index == 0 { decay[index] = Double(Float(forgets)) }
        }
      }
      q = noise.array(positions * shape.keyHeads * shape.keyWidth)
      k = noise.array(positions * shape.keyHeads * shape.keyWidth)
      v = noise.array(positions * shape.heads * shape.valueWidth)
      dy = noise.array(positions * shape.heads * shape.valueWidth)
      let isEmpty = !test.hasStates
      initial = noise.array(states).map { isEmpty ? 0 : $0 }
      dFinal = noise.array(states).map { isEmpty ? 0 : $0 }
    }

    /// [B, T, G, K] to [B, T, H, K].
    private func ofHeads(_ x: [Double]) -> [Double] {
      let shape = test.shape
      return (0..<shape.batch * shape.length).flatMap { row in
        (0..<shape.heads).flatMap { head in
          let group = head / (shape.heads / shape.keyHeads)
          return x[
            (row * shape.keyHeads + group) * shape.keyWidth..<(row * shape.keyHeads + group + 1) * shape.keyWidth]
        }
      }
    }

    /// The transpose of `ofHeads`.
    private func ofGroups(_ x: [Double]) -> [Double] {
      let shape = test.shape
      var sums = [Double](repeating: 0, count: q.count)
      for index in x.indices {
        let (row, place) = index.quotientAndRemainder(dividingBy: shape.heads * shape.keyWidth)
        let group = place / shape.keyWidth / (shape.heads / shape.keyHeads)
        sums[(row * shape.keyHeads + group) * shape.keyWidth + place % shape.keyWidth] += x[index]
      }
      return sums
    }

    func naive() -> Results<Double> {
      let naive = NaiveOuterProduct(
        test.shape, test.kind, q: ofHeads(q), k: ofHeads(k), v: v, decay: decay, initial: initial)
      let gradient = naive.gradient(dy: dy, dFinal: dFinal)
      return Results(
        y: naive.output, final: naive.final, dq: ofGroups(gradient.q), dk: ofGroups(gradient.k), dv: gradient.v,
        dDecay: gradient.decay, dInitial: gradient.initial, decayAddends: gradient.decayAddends)
    }

    func byChunks(on isa: InstructionSet) -> Results<Float> {
      let shape = test.shape
      func rows(_ width: Int, _ contents: [Double]? = nil) -> GuardedRows {
        GuardedRows(batch: shape.batch, length: shape.length, width: width, padding: test.padding, contents)
      }
      let (keys, values) = (shape.keyHeads * shape.keyWidth, shape.heads * shape.valueWidth)
      let (q, k, v, dy) = (rows(keys, q), rows(keys, k), rows(values, v), rows(values, dy))
      let (y, dq, dk, dv) = (rows(values), rows(keys), rows(keys), rows(values))
      defer { for array in [q, k, v, dy, y, dq, dk, dv] { array.free() } }
      var (initial, final) = (floats(initial), floats(initial))
      var (dFinal, decay) = (floats(dFinal), floats(decay))
      var dInitial = [Float](repeating: .nan, count: initial.count)
      var dDecay = [Float](repeating: .nan, count: decay.count)
      let decays: OuterProductDecay =
        test.kind == .perHead ? .perHead(place(&decay)) : .perPosition(place(&decay))
      let dDecays: OuterProductDecayGradient =
        test.kind == .perHead ? .perHead(place(&dDecay)) : .perPosition(place(&dDecay))
      outerProductRecurrenceByChunks(
        shape, decay: decays, queries: q.rows, keys: k.rows, values: v.rows, output: y.mutableRows,
        initialState: test.hasStates ? place(&initial) : nil, finalState: place(&final), on: isa)
      outerProductRecurrenceGradientByChunks(
        shape, decay: decays, queries: q.rows, keys: k.rows, values: v.rows,
        initialState: test.hasStates ? place(&initial) : nil, outputGradient: dy.rows,
        finalStateGradient: test.hasStates ? place(&dFinal) : nil, queryGradient: dq.mutableRows,
        keyGradient: dk.mutableRows, valueGradient: dv.mutableRows, decayGradient: dDecays,
        initialStateGradient: place(&dInitial), on: isa)
      return withExtendedLifetime((initial, dFinal, decay)) {
        Results(
          y: y.values(), final: final, dq: dq.values(), dk: dk.values(), dv: dv.values(), dDecay: dDecay,
          dInitial: dInitial, decayAddends: 0)
      }
    }
  }

  struct Results<Scalar> {
    var y, final, dq, dk, dv, dDecay, dInitial: [Scalar]
    var decayAddends: Double
  }

  @Test(arguments: cases) func formsAgree(test: Case) {
    let problem = Problem(test)
    let want = problem.naive()
    for isa in InstructionSet.supported {
      let got = problem.byChunks(on: isa)
      let pairs = [
        ("output", got.y, want.y), ("final state", got.final, want.final), ("dq", got.dq, want.dq),
        ("dk", got.dk, want.dk), ("dv", got.dv, want.dv),
        ("gradient of the initial state", got.dInitial, want.dInitial),
      ]
      for (name, got, want) in pairs {
        let error = errorRatio(got, want)
        #expect(error <= Self.tolerance, "\(name) under \(isa)")
      }
      let error = errorRatio(got.dDecay, want.dDecay, norm: want.decayAddends)
      #expect(error <= Self.decayTolerance, "gradient of the decay under \(isa)")
    }
  }

  /// A sum that took in everything and left out what is forgotten would not be exact.
  @Test func whatForgetsAllHasNoGradient() {
    let problem = Problem(
      Case(shape: Self.shape(1, 2, of: 1, 60, 16, 16, 32), kind: .perPosition, strength: 0.1, forgets: -.infinity))
    for isa in InstructionSet.supported {
      let got = problem.byChunks(on: isa).dDecay
      for (index, logarithm) in problem.decay.enumerated() {
        #expect((got[index] == 0) == (logarithm == -.infinity), "position \(index / 2) under \(isa)")
      }
    }
  }

  /// What is not finite stays where it belongs, to the last bit.
  @Test(arguments: [Double.nan, .infinity]) func whatIsNotFiniteReachesNothingBefore(value: Double) {
    let clean = Problem(Case(shape: Self.shape(2, 5, of: 1, 100, 12, 20, 32), kind: .perPosition, strength: 0.1))
    let shape = clean.test.shape
    for isa in InstructionSet.supported {
      let want = clean.byChunks(on: isa)
      for position in [0, 13, 31, 32, 70, 99] {
        for operand in 0..<3 {
          var problem = clean
          switch operand {
          case 0: problem.q[position * shape.keyWidth + 3] = value
          case 1: problem.k[position * shape.keyWidth + 3] = value
          default: problem.v[position * shape.heads * shape.valueWidth + 3] = value
          }
          let got = problem.byChunks(on: isa)
          let row = shape.heads * shape.valueWidth
          #expect(isSame(got.y, want.y, 0..<position * row), "operand \(operand) at \(position) under \(isa)")
          #expect(isSame(got.y, want.y, shape.length * row..<got.y.count), "the other sequence under \(isa)")
          #expect(!isSame(got.y, want.y, position * row..<(position + 1) * row), "nothing was tested")
        }
        var problem = clean
        problem.dy[position * shape.heads * shape.valueWidth + 3] = value
        let got = problem.byChunks(on: isa)
        let pairs = [
          (got.dq, want.dq, shape.keyWidth), (got.dk, want.dk, shape.keyWidth),
          (got.dv, want.dv, shape.heads * shape.valueWidth), (got.dDecay, want.dDecay, shape.heads),
        ]
        for (place, (got, want, row)) in pairs.enumerated() {
          #expect(
            isSame(got, want, (position + 1) * row..<got.count), "gradient \(place) behind \(position) under \(isa)")
          // No decay at the first position touches what it writes, and it is all that it reads besides the past.
          #expect(!isSame(got, want, position * row..<(position + 1) * row), "nothing was tested")
        }
      }
    }
  }

  private func isSame(_ x: [Float], _ y: [Float], _ range: Range<Int>) -> Bool {
    x[range].map(\.bitPattern) == y[range].map(\.bitPattern)
  }
}
