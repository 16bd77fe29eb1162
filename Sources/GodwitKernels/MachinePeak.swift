import CGodwitKernels

/// Multiplications and additions per second of a loop that does nothing else: the floor of arithmetic.
///
/// The best of several runs of about a millisecond. Takes about 20 ms.
///
/// - Parameter threads: how many threads run the loop at the same time.
package func measuredPeak(
  _ dtype: DType = .float32, threads: Int = 1, on isa: InstructionSet = .current
) -> Double {
  let table = gw_peak_table(isa.rawValue)!
  let iterations: Int64 = 300_000
  let perIteration =
    switch dtype {
    case .float32: table.pointee.operations_f32
    case .float64: table.pointee.operations_f64
    }
  // The results are kept where the compiler cannot tell that nobody reads them.
  let sink = UnsafeMutablePointer<Double>.allocate(capacity: threads)
  sink.initialize(repeating: 0, count: threads)
  defer { sink.deallocate() }
  let seconds = bestSeconds(of: 20) {
    parallelFor(threads) { index in
      switch dtype {
      case .float32: sink[index] += Double(table.pointee.multiply_adds_f32(iterations))
      case .float64: sink[index] += table.pointee.multiply_adds_f64(iterations)
      }
    }
  }
  return Double(iterations * perIteration) * Double(threads) / seconds
}

/// A way to pass through memory.
package enum MemoryTraffic: CaseIterable, Sendable {
  /// Reads one array.
  case read
  /// Writes one array past the caches.
  case write
  /// Reads one array and writes another past the caches.
  case copy
  /// Reads four arrays and writes three of them, as AdamW does.
  case update

  /// Arrays in memory.
  var arrays: Int {
    switch self {
    case .read, .write: 1
    case .copy: 2
    case .update: 4
    }
  }

  /// Arrays read and written.
  var passes: Int {
    switch self {
    case .read, .write: 1
    case .copy: 2
    case .update: 7
    }
  }
}

/// Bytes per second, read and written, through arrays that no cache holds: the floor of work bound by memory.
///
/// The best of several runs over arrays of `byteCount` bytes each, in huge pages as those of large tensors are.
///
/// - Parameter threads: how many threads work on them at the same time.
package func measuredBandwidth(
  _ traffic: MemoryTraffic, threads: Int = 1, byteCount: Int = 64 << 20, on isa: InstructionSet = .current
) -> Double {
  let table = gw_peak_table(isa.rawValue)!
  let pieces = threads * 8
  let count = byteCount / 4 / (64 * pieces) * 64
  let total = max(count * pieces, 1)
  let arrays = (0..<traffic.arrays).map { _ in
    let block = MemoryCache.allocate(byteCount: total * 4).assumingMemoryBound(to: Float.self)
    block.initialize(repeating: 0, count: total)
    return block
  }
  let sink = UnsafeMutablePointer<Float>.allocate(capacity: pieces)
  sink.initialize(repeating: 0, count: pieces)
  defer {
    for array in arrays { MemoryCache.deallocate(UnsafeMutableRawPointer(array), byteCount: total * 4) }
    sink.deallocate()
  }
  let seconds = bestSeconds(of: 8) {
    parallelFor(pieces) { piece in
      let start = piece * count
      switch traffic {
      case .read: sink[piece] += table.pointee.read(Int64(count), arrays[0] + start)
      case .write: table.pointee.write(Int64(count), arrays[0] + start)
      case .copy: table.pointee.copy(Int64(count), arrays[0] + start, arrays[1] + start)
      case .update:
        table.pointee.update(
          Int64(count), arrays[0] + start, arrays[1] + start, arrays[2] + start, arrays[3] + start)
      }
    }
  }
  return Double(total * 4 * traffic.passes) / seconds
}

private func bestSeconds(of repetitions: Int, _ body: () -> Void) -> Double {
  let clock = ContinuousClock()
  var best = Double.infinity
  for _ in 0..<repetitions {
    let start = clock.now
    body()
    best = min(best, (clock.now - start) / .seconds(1))
  }
  return best
}
