import GodwitKernels
import GodwitRandom

/// Independent trials by chance, on several threads, until there are enough or the user has seen enough.
///
/// Each trial has the words of a stream of its own, so that what is counted depends on the seed alone.
struct Simulation {
  let trials: Int
  let seed: UInt64
  /// What a trial is called, for progress: "walks".
  let unit: String
  let console: Console

  /// What was counted, in how many trials: in fewer than asked for where Ctrl-C came between.
  ///
  /// The trials under way when that comes are not counted, as the longer ones would be missing.
  ///
  /// - Parameters:
  ///   - tally: what is counted before the first trial.
  ///   - add: adds one tally to another.
  ///   - trial: one trial. A long one may end at once where `Interruption.isRequested`.
  func run<Tally: Sendable>(
    counting tally: Tally, add: @Sendable (inout Tally, Tally) -> Void,
    trial: (inout Tally, inout Philox) -> Void
  ) -> (tally: Tally, count: SimulationCount) {
    Interruption.watch()
    var progress = ProgressBar("simulate", total: trials, unit: unit, on: console)
    defer { progress.finish() }
    var (counted, done, piece) = (tally, 0, Threads.count)
    let clock = ContinuousClock()
    let begin = clock.now
    while done < trials && !Interruption.isRequested {
      let (first, count, start) = (done, min(piece, trials - done), clock.now)
      let sum = Lock(tally)
      parallelRanges(count, grain: 1) { range in
        var own = tally
        for index in range {
          var generator = Philox(seed: seed, stream: UInt64(first + index))
          trial(&own, &generator)
        }
        sum.withLock { add(&$0, own) }
      }
      if Interruption.isRequested { break }
      add(&counted, sum.withLock { $0 })
      done += count
      // Nobody waits for what takes no longer, and the first few trials tell little of the rate.
      if clock.now - begin > .seconds(1) { progress.update(done) }
      // A write would find it out, but there is none meanwhile.
      StandardStream.output.stopIfClosed()
      // Long enough for the threads to be worth their start, short enough to be waited for.
      if clock.now - start < .milliseconds(50) { piece *= 2 } else { piece = max(piece / 2, Threads.count) }
    }
    return (counted, SimulationCount(done: done, asked: trials))
  }

  /// How often `occurs` was true.
  func frequency(
    of probability: Double, occurs: (inout Philox) -> Bool
  ) -> SimulatedFrequency {
    let (hits, count) = self.hits(occurs: occurs)
    return SimulatedFrequency(probability: probability, hits: hits, count: count)
  }

  /// In how many trials `occurs` was true.
  func hits(occurs: (inout Philox) -> Bool) -> (hits: Int, count: SimulationCount) {
    let result = run(
      counting: 0, add: { $0 += $1 },
      trial: { hits, generator in
        if occurs(&generator) { hits += 1 }
      })
    return (result.tally, result.count)
  }
}
