import GodwitKernels

/// What each of `count` walkers finds, in their order; `walk` runs on several threads.
///
/// The walkers have words of their own, so that the results depend on the state of the generator and not on the number of threads.
///
/// - Precondition: the count is not negative.
func walkers<Result>(
  _ count: Int, using generator: inout some RandomNumberGenerator, _ walk: (inout BufferedWords) -> Result
) -> [Result] {
  require(count >= 0, "walkers: \(count) walks were asked for")
  return Array(unsafeUninitializedCapacity: count) { results, initialized in
    forEachRange(of: count, grain: 16, using: &generator) { range, words in
      for walker in range { results.initializeElement(at: walker, to: walk(&words)) }
    }
    initialized = count
  }
}
