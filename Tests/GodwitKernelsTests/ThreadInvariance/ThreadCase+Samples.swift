@testable import GodwitKernels

extension ThreadCase {
  /// Kernels that leave the threads to their callers, in `GodwitRandom`.
  static let sampleKernels: [ThreadCase] = [
    ThreadCase("philoxWords", writes: [4 * count], usesThreads: false) { _, y, isa in
      philoxWords(key: 7, stream: 3, first: 11, count: count, y[0].assumingMemoryBound(to: UInt64.self), on: isa)
    },
    ThreadCase("uniformSamples", writes: [2 * count], usesThreads: false) { _, y, isa in
      uniformSamples(in: 0..<1, count: count, words, y[0].floats, on: isa)
    },
    ThreadCase("normalSamples", writes: [2 * count], usesThreads: false) { _, y, isa in
      normalSamples(mean: 0, standardDeviation: 1, count: count, words, y[0].floats, on: isa)
    },
    ThreadCase("exponentialSamples", writes: [2 * count], usesThreads: false) { _, y, isa in
      exponentialSamples(scale: 1, count: count, words, y[0].floats, on: isa)
    },
    ThreadCase("normalSamples", "", .float64, writes: [count], usesThreads: false) { _, y, isa in
      normalSamples(mean: 0, standardDeviation: 1, count: count / 2, words, y[0].doubles, on: isa)
    },
    ThreadCase("exponentialSamples", "", .float64, writes: [count], usesThreads: false) { _, y, isa in
      exponentialSamples(rate: 1, count: count, words, y[0].doubles, on: isa)
    },
    // Places are half as wide as floats, or as wide.
    ThreadCase("walkPaths", "Int16", writes: [count * 32], usesThreads: false) { _, y, isa in
      walkPaths(from: Int16(0), count, steps: 64, words, y[0].assumingMemoryBound(to: Int16.self), on: isa)
    },
    ThreadCase("walkPaths", "Int32", writes: [count * 64], usesThreads: false) { _, y, isa in
      walkPaths(from: Int32(0), count, steps: 64, words, y[0].assumingMemoryBound(to: Int32.self), on: isa)
    },
  ]

  private static let count = 20_000
  private static let words = PhiloxSamplesTests.words(count)
}
