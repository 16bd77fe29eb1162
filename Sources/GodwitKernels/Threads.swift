import CGodwitKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The threads that kernels share.
///
/// Nothing needs to be set for several threads or tasks to compute at once: they share out the threads among themselves. A
/// call that is alone has all of them; of two at once on a machine with eight processors each has four; as many as there
/// are threads work each by itself. A thread counts as computing until a millisecond after its last large kernel.
public enum Threads {
  /// How many threads work at a time, those that call included: `GODWIT_THREADS`, else the processors that the process may
  /// use (on Linux the least of those online, its affinity, and the quota of its control groups, rounded up).
  ///
  /// It holds for the whole process, and may be set at any time, also while kernels run. Results do not depend on it: the
  /// same seed and instruction set give the same bits at any number of threads.
  public static var count: Int {
    get {
      _ = start
      return Int(gw_pool_threads())
    }
    set {
      _ = start
      gw_pool_set_threads(Int32(clamping: newValue))
    }
  }

  private static let start: Void = {
    let asked = getenv("GODWIT_THREADS").flatMap { Int32(String(cString: $0)) } ?? 0
    gw_pool_set_threads(asked > 0 ? asked : Int32(clamping: Processors.count))
  }()

  fileprivate static func ensureStarted() { _ = start }
}

/// Calls `body` once for each index in `0 ..< count`, on several threads; returns when all are done.
///
/// The indices are independent pieces of work of at least a few microseconds each. Threads that call at once share the
/// workers; a nested call works through its indices on its own thread.
package func parallelFor(_ count: Int, _ body: (Int) -> Void) {
  guard count > 1 else {
    if count == 1 { body(0) }
    return
  }
  Threads.ensureStarted()
  withoutActuallyEscaping(body) { body in
    withUnsafePointer(to: body) { pointer in
      gw_pool_run(
        Int32(count),
        { context, index in context!.assumingMemoryBound(to: ((Int) -> Void).self).pointee(Int(index)) },
        UnsafeMutableRawPointer(mutating: pointer))
    }
  }
}

/// Splits `0 ..< count` into consecutive ranges of about `grain` or more and calls `body` for each, on several threads.
///
/// Where the ranges lie depends on the number of threads: use it only where a range's results do not.
package func parallelRanges(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
  guard count > 0 else { return }
  let threads = Threads.count
  let whole = min(max(count / max(grain, 1), 1), threads * 4)
  guard whole > 1, threads > 1 else { return body(0..<count) }
  // As many for each thread.
  let pieces = (whole + threads - 1) / threads * threads
  parallelFor(pieces) { piece in
    let lower = count * piece / pieces
    let upper = count * (piece + 1) / pieces
    if lower < upper { body(lower..<upper) }
  }
}
