import GodwitKernels
import GodwitLayers
import GodwitRandom
import GodwitTensor

/// One mixer at one length, ready to be measured in turn with others.
struct ComparisonTrial {
  /// Runs once and says how many seconds that took; for decoding, each position.
  let time: () -> Double
  /// Runs once and says how many bytes that took at most.
  let peakByteCount: () -> Int
  /// What decoding keeps of the past between two positions, in bytes.
  let stateByteCount: Int

  /// Nil where it was stopped while it read the past.
  ///
  /// - Parameters:
  ///   - x: [B, T, D].
  init?(
    _ layer: ComparedLayer, _ mode: ComparisonMode, _ x: Tensor, while mayGoOn: () -> Bool = { true },
    using generator: inout Philox
  ) {
    switch mode {
    case .forward:
      self.init { consume(layer(x)) }
    case .training:
      let dy = Tensor(normal: 0, shape: x.shape, using: &generator)
      self.init {
        let (_, pullback) = valueWithPullback(at: Pair(layer, x)) { $0.first($0.second) }
        consume(pullback(dy))
      }
    case .decode:
      self.init(decoding: layer, after: x, while: mayGoOn)
    }
  }

  private init(_ work: @escaping () -> Void) {
    stateByteCount = 0
    time = { seconds(of: work) }
    peakByteCount = {
      let before = MemoryCache.usedByteCount
      return MemoryCache.peakByteCount(of: work).peak - before
    }
  }

  private init?(decoding layer: ComparedLayer, after x: Tensor, while mayGoOn: () -> Bool) {
    let (batch, length) = (x.shape[0], x.shape[1])
    let before = MemoryCache.usedByteCount
    var state = layer.initialState(batch: batch)
    // In pieces, as generation reads a prompt.
    for start in stride(from: 0, to: length, by: 1024) {
      if !mayGoOn() { return nil }
      consume(layer.chunk(x.slice(start..<min(start + 1024, length), along: 1), state: &state))
    }
    let kept = MemoryCache.usedByteCount - before
    stateByteCount = kept
    let past = state
    let row = x.element(length - 1, along: 1)
    // Few enough that a state that grows stays about as long.
    let steps = max(min(length / 16, 32), 1)
    time = {
      var state = past
      consume(layer.step(row, state: &state))  // makes the copy of the state that the others change in place
      return seconds { for _ in 0..<steps { consume(layer.step(row, state: &state)) } } / Double(steps)
    }
    peakByteCount = {
      var state = past
      consume(layer.step(row, state: &state))
      let before = MemoryCache.usedByteCount
      // Several, as a peak depends on whether threads need their part at the same moment.
      let work = { for _ in 0..<steps { consume(layer.step(row, state: &state)) } }
      return MemoryCache.peakByteCount(of: work).peak - before + kept
    }
  }
}

private func seconds(of work: () -> Void) -> Double {
  let clock = ContinuousClock()
  let start = clock.now
  work()
  return (clock.now - start) / .seconds(1)
}
