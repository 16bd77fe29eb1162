import GodwitLayers
import GodwitTensor

extension MixerSuite {
  /// Whether the state is plain data and complete, and whether sequences in it mind their own.
  func stateDataViolations(_ dtype: DType) -> [String] {
    let mixer = mixer(dtype)
    // Before the first position, in the course of chunks and windows, and at two equal places.
    let lengths = [0, 3, 20, 3]
    let alone = lengths.enumerated().map { row, length in
      state(of: mixer, after: input(length, dtype, seed: UInt64(10 + row)).row(0))
    }
    let names = mixer.initialState(batch: 1).leaves.map(\.name)
    for (length, state) in zip(lengths, alone) where state.leaves.map(\.name) != names {
      return ["a state after \(length) positions has the leaves \(state.leaves.map(\.name)), an initial one \(names)"]
    }
    var found = leafViolations(mixer, alone[2]) + memoryViolations(alone[2])
    let joined = Mixer.State.joined(alone)
    for (row, state) in alone.enumerated() where joined.select([row]) != state {
      found.append("a state that was joined and selected again is another one, position \(lengths[row])")
    }
    if alone[1] == alone[2] { found.append("states after different positions count as equal") }
    for count in [0, 1, 9] {
      let x = concatenate((0..<lengths.count).map { input(count, dtype, seed: UInt64(20 + $0)).row(0) }, along: 0)
      found += joinedViolations(mixer, alone, x, "a chunk of \(count)") { $0.chunk($1, state: &$2) }
      if count == 1 {
        found += joinedViolations(mixer, alone, x.element(0, along: 1), "a step") { $0.step($1, state: &$2) }
      }
      if count == 9 {
        found += joinedViolations(mixer, alone, x, "all positions at once") { $0($1, state: &$2) }
        found += joinedGradientViolations(mixer, alone, x)
      }
    }
    return found.map { "\($0), \(dtype)" }
  }

  private typealias Run = (_ mixer: Mixer, _ x: Tensor, _ state: inout Mixer.State) -> Tensor

  private func state(of mixer: Mixer, after x: Tensor) -> Mixer.State {
    var state = mixer.initialState(batch: 1)
    if x.shape[1] > 0 { _ = mixer.chunk(x, state: &state) }
    return state
  }

  /// Whether the leaves of a state, put into an initial one, are the state.
  private func leafViolations(_ mixer: Mixer, _ state: Mixer.State) -> [String] {
    let initial = mixer.initialState(batch: 1)
    let copy = initial.replacingLeaves(with: state.leaves.map(\.leaf))
    if let problem = copy.problem(expecting: initial) { return ["a state counts as impossible: \(problem)"] }
    if copy != state { return ["a state made of another's leaves is not equal to it"] }
    let x = input(4, state.leaves.isEmpty ? .float32 : dtype(of: state), seed: 30).row(0)
    var (a, b) = (state, copy)
    let (want, got) = (mixer.chunk(x, state: &a), mixer.chunk(x, state: &b))
    return same(got, want) && a == b ? [] : ["a state made of another's leaves goes on differently: it is not complete"]
  }

  /// Whether a state holds on to memory that is not its own, as a view of what the layer has read would.
  private func memoryViolations(_ state: Mixer.State) -> [String] {
    state.namedTensors.compactMap { name, tensor, _ in
      let (held, own) = (tensor.storage.byteCount, tensor.shape.elementCount * tensor.dtype.byteCount)
      return held > own ? "\(name) of a state has \(own) bytes and holds \(held)" : nil
    }
  }

  private func dtype(of state: Mixer.State) -> DType { state.tensors.first?.dtype ?? .float32 }

  /// Whether sequences that share a state give what each gives by itself, bit for bit.
  private func joinedViolations(
    _ mixer: Mixer, _ alone: [Mixer.State], _ x: Tensor, _ what: String, _ run: Run
  ) -> [String] {
    var together = Mixer.State.joined(alone)
    let y = run(mixer, x, &together)
    var found: [String] = []
    for row in alone.indices {
      var state = alone[row]
      let want = run(mixer, x.row(row), &state)
      if !same(y.row(row), want) { found.append("joined, row \(row) of \(what): another output than alone") }
      if together.select([row]) != state { found.append("joined, row \(row) of \(what): another state than alone") }
    }
    return found
  }

  /// The same of gradients, up to rounding: by the input, through outputs and states.
  private func joinedGradientViolations(_ mixer: Mixer, _ alone: [Mixer.State], _ x: Tensor) -> [String] {
    func slope(_ x: Tensor, _ start: Mixer.State) -> Tensor {
      gradient(at: x) { x in
        var state = start
        var sum = square(mixer.chunk(x, state: &state)).sum()
        for tensor in state.tensors { sum = sum + square(tensor).sum() }
        return sum
      }
    }
    let got = slope(x, Mixer.State.joined(alone))
    let want = concatenate(alone.indices.map { slope(x.row($0), alone[$0]) }, along: 0)
    let error = errorRatio(got, want)
    return error <= Tolerance.mixer(x.dtype) ? [] : ["joined: the gradient of the input differs by \(error)"]
  }

  private func same(_ a: Tensor, _ b: Tensor) -> Bool { a.shape == b.shape && a.scalars == b.scalars }
}

extension Tensor {
  fileprivate func row(_ index: Int) -> Tensor { slice(index..<(index + 1), along: 0) }
}
