import Testing

@testable import GodwitKernels

/// The accuracy of the float32 functions over the whole range of floats, in units of the last place of the result.
@Suite struct VectorMathTests {
  /// The greatest error allowed, half a unit being that of a correctly rounded result.
  static let limits: [(operation: UnaryOperation, fused: Double, plain: Double)] = [
    (.squareRoot, 0.5, 0.5), (.reciprocal, 0.5, 0.5), (.reciprocalSquareRoot, 1.5, 1.5),
    (.exp, 1, 1.25), (.expMinusOne, 1.5, 1.5), (.log, 1, 1), (.logOnePlus, 1.5, 1.5), (.sin, 1.6, 1.6),
    (.cos, 1.6, 1.6),
    (.tanh, 2.5, 2.5), (.sigmoid, 2.5, 2.5), (.logSigmoid, 2, 2), (.softplus, 2, 2), (.erf, 1.5, 1.5),
    (.elu, 1.5, 1.5), (.eluPlusOne, 1, 1.25), (.floor, 0, 0), (.ceil, 0, 0), (.round, 0, 0),
  ]

  /// Floats of every exponent and sign: those whose bits are multiples of a prime.
  static let floats: [Float] = stride(from: 0, to: 1 << 32, by: 65_537).map { Float(bitPattern: UInt32($0)) }

  /// The distance of two neighbouring floats at a value.
  static func unit(_ value: Double) -> Double {
    let value = Swift.min(abs(value), Double(Float.greatestFiniteMagnitude))
    return Swift.max(Double(Float(value).ulp), Double(Float.leastNonzeroMagnitude))
  }

  static func error(_ got: Float, _ want: Double) -> Double {
    if got.isNaN || want.isNaN { return got.isNaN && want.isNaN ? 0 : .infinity }
    if Double(got) == want || got == Float(want) { return Swift.min(abs(Double(got) - want) / unit(want), 0.5) }
    if got.isInfinite { return abs(want) > Double(Float.greatestFiniteMagnitude) - 2 * unit(want) ? 1 : .infinity }
    return abs(Double(got) - want) / unit(want)
  }

  @Test(arguments: limits.indices) func accuracy(index: Int) {
    let (operation, fused, plain) = Self.limits[index]
    let want = Self.floats.map { UnaryReference.value(operation, Double($0)) }
    for isa in InstructionSet.supported {
      var got = [Float](repeating: 0, count: want.count)
      Self.floats.withUnsafeBytes { x in
        got.withUnsafeMutableBytes {
          elementwise(operation, .float32, count: want.count, x.baseAddress!, $0.baseAddress!, on: isa)
        }
      }
      var (worst, place) = (0.0, 0)
      for index in want.indices {
        let error = Self.error(got[index], want[index])
        if error > worst { (worst, place) = (error, index) }
      }
      let limit = isa == .plain ? plain : fused
      #expect(
        worst <= limit,
        "\(operation) under \(isa) is off by \(worst) units at \(Self.floats[place]): \(got[place]), not \(want[place])"
      )
    }
  }

  @Test func errorsAreSeen() {
    #expect(Self.error(1 + Float.ulpOfOne, 1) == 1)
    #expect(Self.error(.infinity, 1) == .infinity)
    #expect(Self.error(.nan, 1) == .infinity)
    #expect(Self.error(0, 3 * Double(Float.leastNonzeroMagnitude)) == 3)
  }
}
