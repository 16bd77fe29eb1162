import GodwitKernels

/// What each of `count` walkers finds, in their order; `walk` runs on several threads.
///
/// Each walker has a stream of random words of its own, so that the results depend on the state of the generator, of which two
/// words are taken, and not on the number of threads.
///
/// - Precondition: the count is not negative.
func walkers<Result>(
  _ count: Int, using generator: inout some RandomNumberGenerator, _ walk: (inout Philox) -> Result
) -> [Result] {
  require(count >= 0, "walkers: \(count) walks were asked for")
  let (key, first) = (generator.next(), generator.next())
  return Array(unsafeUninitializedCapacity: count) { results, initialized in
    if let base = results.baseAddress {
      parallelRanges(count, grain: 1) { range in
        for walker in range {
          var words = Philox(seed: key, stream: first &+ UInt64(walker))
          (base + walker).initialize(to: walk(&words))
        }
      }
    }
    initialized = count
  }
}
