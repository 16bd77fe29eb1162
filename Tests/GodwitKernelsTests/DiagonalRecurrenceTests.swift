import Testing

@testable import GodwitKernels

@Suite struct DiagonalRecurrenceTests {
  static let tolerance = 2e-6

  struct Case: Sendable {
    var batch, length, width: Int
    var sharesBatch = false
    var sharesTime = false
    var aStrides: (batch: Int, time: Int) {
      let time = sharesTime ? 0 : width
      return (sharesBatch ? 0 : sharesTime ? width : length * width, time)
    }
    var aCount: Int { (sharesBatch ? 1 : batch) * (sharesTime ? 1 : length) * width }
  }

  static let cases: [Case] = {
    var cases = [Case]()
    for (batch, length, width) in [(2, 0, 5), (1, 1, 1), (3, 7, 16), (2, 33, 67), (1, 300, 300), (2, 520, 64)] {
      for sharesBatch in [false, true] {
        for sharesTime in [false, true] {
          cases.append(
            Case(batch: batch, length: length, width: width, sharesBatch: sharesBatch, sharesTime: sharesTime))
        }
      }
    }
    return cases
  }()

  /// Complex recurrence and gradient in float64; the real one is that with no imaginary parts.
  struct Naive {
    var a, b, initial, h, dh: [[Double]]
    var da, db, dInitial: [[Double]]

    init(_ test: Case, complex: Bool, seed: UInt64) {
      var noise = RecurrenceNoise(seed: seed)
      let count = test.batch * test.length * test.width
      func pair(_ count: Int, _ scale: Double, _ offset: Double) -> [[Double]] {
        let real = noise.array(count).map { Double(Float($0 * scale + offset)) }
        let imaginary = complex ? noise.array(count).map { Double(Float($0 * scale)) } : real.map { _ in 0 }
        return [real, imaginary]
      }
      a = pair(test.aCount, 0.3, 0.65)
      b = pair(count, 1, 0)
      initial = pair(test.batch * test.width, 1, 0)
      dh = pair(count, 1, 0)
      h = b
      da = a
      db = b
      dInitial = initial
      run(test)
    }

    mutating func run(_ test: Case) {
      da = a.map { $0.map { _ in 0 } }
      let strides = test.aStrides
      for entry in 0..<test.batch {
        for column in 0..<test.width {
          var state = (initial[0][entry * test.width + column], initial[1][entry * test.width + column])
          let before = state
          func at(_ t: Int) -> Int { (entry * test.length + t) * test.width + column }
          func coefficient(_ t: Int) -> Int { entry * strides.batch + t * strides.time + column }
          for t in 0..<test.length {
            let (x, y) = (a[0][coefficient(t)], a[1][coefficient(t)])
            state = (x * state.0 - y * state.1 + b[0][at(t)], x * state.1 + y * state.0 + b[1][at(t)])
            (h[0][at(t)], h[1][at(t)]) = state
          }
          var carry = (0.0, 0.0)
          for t in (0..<test.length).reversed() {
            let g = (dh[0][at(t)] + carry.0, dh[1][at(t)] + carry.1)
            let last = t > 0 ? (h[0][at(t - 1)], h[1][at(t - 1)]) : before
            (db[0][at(t)], db[1][at(t)]) = g
            da[0][coefficient(t)] += g.0 * last.0 + g.1 * last.1
            da[1][coefficient(t)] += g.1 * last.0 - g.0 * last.1
            let (x, y) = (a[0][coefficient(t)], a[1][coefficient(t)])
            carry = (x * g.0 + y * g.1, x * g.1 - y * g.0)
          }
          (dInitial[0][entry * test.width + column], dInitial[1][entry * test.width + column]) = carry
        }
      }
    }
  }

  func check(_ got: [Float], _ want: [Double], _ name: String, _ isa: InstructionSet) {
    let error = errorRatio(got, want)
    #expect(error <= Self.tolerance, "\(name) under \(isa)")
  }

  func blank(_ count: Int) -> [Float] { [Float](repeating: .nan, count: count) }

  @Test(arguments: cases) func realEqualsTheNaiveLoop(test: Case) {
    let naive = Naive(test, complex: false, seed: 3)
    let (a, initial) = (floats(naive.a[0]), floats(naive.initial[0]))
    for isa in InstructionSet.supported {
      var h = blank(naive.h[0].count)
      diagonalRecurrence(
        batch: test.batch, length: test.length, width: test.width, a: a, aStrides: test.aStrides,
        b: floats(naive.b[0]), h: &h, initial: initial, on: isa)
      check(h, naive.h[0], "h", isa)
      var (da, db, dInitial) = (blank(a.count), blank(h.count), blank(initial.count))
      diagonalRecurrenceGradient(
        batch: test.batch, length: test.length, width: test.width, a: a, aStrides: test.aStrides, h: h,
        initial: initial, dh: floats(naive.dh[0]), da: &da, db: &db, dInitial: &dInitial, on: isa)
      check(da, naive.da[0], "da", isa)
      check(db, naive.db[0], "db", isa)
      check(dInitial, naive.dInitial[0], "gradient of the initial state", isa)
    }
  }

  @Test(arguments: cases) func complexEqualsTheNaiveLoop(test: Case) {
    let naive = Naive(test, complex: true, seed: 5)
    let (a, b) = (naive.a.map(floats), naive.b.map(floats))
    let (initial, dh) = (naive.initial.map(floats), naive.dh.map(floats))
    for isa in InstructionSet.supported {
      var h = [b[0], b[1]]  // in place
      var da = [blank(a[0].count), blank(a[0].count)]
      var db = [blank(b[0].count), blank(b[0].count)]
      var dInitial = [blank(initial[0].count), blank(initial[0].count)]
      withPair(&h) { h in
        withPair(a) { a in
          withPair(initial) { initial in
            complexDiagonalRecurrence(
              batch: test.batch, length: test.length, width: test.width, a: a, aStrides: test.aStrides,
              b: ComplexFloats(real: h.real, imaginary: h.imaginary), h: h, initial: initial, on: isa)
            withPair(dh) { dh in
              withPair(&da) { da in
                withPair(&db) { db in
                  withPair(&dInitial) { dInitial in
                    complexDiagonalRecurrenceGradient(
                      batch: test.batch, length: test.length, width: test.width, a: a, aStrides: test.aStrides,
                      h: ComplexFloats(real: h.real, imaginary: h.imaginary), initial: initial, dh: dh, da: da,
                      db: db, dInitial: dInitial, on: isa)
                  }
                }
              }
            }
          }
        }
      }
      for part in 0..<2 {
        check(h[part], naive.h[part], "h", isa)
        check(da[part], naive.da[part], "da", isa)
        check(db[part], naive.db[part], "db", isa)
        check(dInitial[part], naive.dInitial[part], "gradient of the initial state", isa)
      }
    }
  }

  func withPair(_ arrays: [[Float]], _ body: (ComplexFloats) -> Void) {
    arrays[0].withUnsafeBufferPointer { real in
      arrays[1].withUnsafeBufferPointer { imaginary in
        guard let real = real.baseAddress, let imaginary = imaginary.baseAddress else { return }
        body(ComplexFloats(real: real, imaginary: imaginary))
      }
    }
  }

  func withPair(_ arrays: inout [[Float]], _ body: (MutableComplexFloats) -> Void) {
    var (first, second) = (arrays[0], arrays[1])
    first.withUnsafeMutableBufferPointer { real in
      second.withUnsafeMutableBufferPointer { imaginary in
        guard let real = real.baseAddress, let imaginary = imaginary.baseAddress else { return }
        body(MutableComplexFloats(real: real, imaginary: imaginary))
      }
    }
    arrays = [first, second]
  }

  /// The reference itself against central differences of sum(h * dh).
  @Test(arguments: [false, true]) func naiveGradientIsTheDerivative(complex: Bool) {
    let test = Case(batch: 2, length: 9, width: 3, sharesBatch: true)
    let naive = Naive(test, complex: complex, seed: 11)
    var noise = RecurrenceNoise(seed: 12)
    func direction(_ x: [[Double]]) -> [[Double]] { [noise.array(x[0].count), noise.array(x[1].count)] }
    let directions = (a: direction(naive.a), b: direction(naive.b), initial: direction(naive.initial))
    func dot(_ x: [[Double]], _ y: [[Double]]) -> Double {
      var sum = 0.0
      for part in 0..<(complex ? 2 : 1) {
        for index in x[part].indices { sum += x[part][index] * y[part][index] }
      }
      return sum
    }
    func loss(_ step: Double) -> Double {
      var moved = naive
      for part in 0..<(complex ? 2 : 1) {
        for index in moved.a[part].indices { moved.a[part][index] += step * directions.a[part][index] }
        for index in moved.b[part].indices { moved.b[part][index] += step * directions.b[part][index] }
        for index in moved.initial[part].indices {
          moved.initial[part][index] += step * directions.initial[part][index]
        }
      }
      moved.run(test)
      return dot(moved.h, moved.dh)
    }
    let slope =
      dot(naive.da, directions.a) + dot(naive.db, directions.b) + dot(naive.dInitial, directions.initial)
    expectSlope(slope, of: loss)
  }
}
