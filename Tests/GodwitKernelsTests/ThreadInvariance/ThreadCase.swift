import CGodwitKernels

@testable import GodwitKernels

/// A call of a kernel, at a size that is shared out among threads, whose result must not depend on how many these are.
struct ThreadCase: Sendable {
  /// A call on inputs; it writes to results of its own.
  typealias Call =
    @Sendable (_ inputs: [UnsafeRawPointer], _ results: [UnsafeMutableRawPointer], InstructionSet) -> Void

  /// The kernel's name in the source.
  let kernel: String
  /// What sets the case apart from the kernel's others.
  let detail: String
  private let dtype: DType
  private let reads: [Int]
  private let ranges: [ClosedRange<Double>]
  private let writes: [Int]
  private let usesThreads: Bool
  private let call: Call

  /// - Parameters:
  ///   - reads: how many elements each input has.
  ///   - ranges: what the inputs are drawn from, the last for all that follow.
  ///   - writes: how many elements each result has.
  ///   - usesThreads: false for a kernel that leaves the threads to its callers.
  init(
    _ kernel: String, _ detail: String = "", _ dtype: DType = .float32, reads: [Int] = [],
    from ranges: [ClosedRange<Double>] = [-1...1], writes: [Int], usesThreads: Bool = true, _ call: @escaping Call
  ) {
    (self.kernel, self.detail, self.dtype, self.usesThreads) = (kernel, detail, dtype, usesThreads)
    (self.reads, self.ranges, self.writes, self.call) = (reads, ranges, writes, call)
  }

  /// What is wrong with the kernel; nothing if one to five threads give the same bits, and others than the caller take part
  /// where the kernel uses threads, and only there.
  ///
  /// - Parameter patience: how long a kernel that uses threads is called again until another thread takes part.
  /// - Precondition: the test has a process of its own, as the number of threads is that of the process.
  func findings(on isa: InstructionSet = .current, within patience: Duration = .seconds(10)) -> [String] {
    var found: [String] = []
    func expect(_ condition: Bool, _ what: String) {
      if !condition { found.append("\(kernel) \(detail) \(dtype) under \(isa): \(what)") }
    }
    let inputs = makeInputs()
    defer { for block in inputs { block.deallocate() } }

    Threads.count = 1
    let alone = gw_pool_helped()
    let want = results(of: inputs, on: isa)
    expect(gw_pool_helped() == alone, "one thread has help")
    for (index, words) in want.enumerated() {
      expect(!words.isEmpty && !words.contains(Self.unwritten), "a part of result \(index) is not written")
    }
    for count in 2...5 {
      Threads.count = count
      let (before, deadline) = (gw_pool_helped(), ContinuousClock.now + patience)
      var isSame = true
      // On a machine that is busy the caller may be done before another thread wakes: then once more.
      repeat {
        isSame = results(of: inputs, on: isa) == want && isSame
      } while usesThreads && gw_pool_helped() == before && ContinuousClock.now < deadline
      expect(isSame, "\(count) threads give other bits than one")
      let isHelped = gw_pool_helped() > before
      expect(isHelped == usesThreads, "of \(count) threads \(isHelped ? "more than one" : "one") worked")
    }
    return found
  }

  /// What results hold before a call, and no kernel writes.
  private static let unwritten: UInt32 = 0xA5A5_A5A5

  /// The inputs' elements, in blocks.
  private func makeInputs() -> [UnsafeRawPointer] {
    var noise = RecurrenceNoise(seed: 91)
    return reads.enumerated().map { index, count in
      let range = ranges[min(index, ranges.count - 1)]
      let half = (range.upperBound - range.lowerBound) / 2
      let block = UnsafeMutableRawPointer.allocate(byteCount: count * dtype.byteCount, alignment: 64)
      for index in 0..<count {
        let value = range.lowerBound + half * (noise.next() + 1)
        switch dtype {
        case .float32: block.storeBytes(of: Float(value), toByteOffset: 4 * index, as: Float.self)
        case .float64: block.storeBytes(of: value, toByteOffset: 8 * index, as: Double.self)
        }
      }
      return UnsafeRawPointer(block)
    }
  }

  /// The bits that a call writes.
  private func results(of inputs: [UnsafeRawPointer], on isa: InstructionSet) -> [[UInt32]] {
    let counts = writes.map { $0 * dtype.byteCount / 4 }
    let blocks = counts.map { count in
      let block = UnsafeMutablePointer<UInt32>.allocate(capacity: count)
      block.initialize(repeating: Self.unwritten, count: count)
      return block
    }
    defer { for block in blocks { block.deallocate() } }
    call(inputs, blocks.map { UnsafeMutableRawPointer($0) }, isa)
    return zip(blocks, counts).map { Array(UnsafeBufferPointer(start: $0, count: $1)) }
  }
}
