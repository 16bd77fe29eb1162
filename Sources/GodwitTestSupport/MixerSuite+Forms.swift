import GodwitLayers
import GodwitRandom
import GodwitTensor

extension MixerSuite {
  /// What the forms must agree in.
  struct Pass {
    let output: Tensor
    let state: Mixer.State
    let gradient: Pair<Pair<Mixer, Tensor>, Mixer.State>
  }

  typealias Form = (_ mixer: Mixer, _ x: Tensor, _ state: inout Mixer.State) -> Tensor

  /// Where chunks and steps differ from the parallel form, from the initial state and from one with a past.
  func formViolations(length: Int, dtype: DType) -> [String] {
    let mixer = mixer(dtype)
    let x = input(length, dtype)
    var warm = mixer.initialState(batch: batch)
    _ = mixer(input(5, dtype, seed: 2), state: &warm)
    var found: [String] = []
    for (name, start) in [("the initial state", mixer.initialState(batch: batch)), ("a state with a past", warm)] {
      let place = "T = \(length), \(dtype), from \(name)"
      let want = pass(mixer, x, start) { $0($1, state: &$2) }
      for (form, run) in forms(length) {
        found += differences(pass(mixer, x, start, run), want).map { "\(form), \(place): \($0)" }
      }
    }
    if let difference = difference(
      mixer(x), pass(mixer, x, mixer.initialState(batch: batch)) { $0($1, state: &$2) }.output)
    {
      found.append("without a state, T = \(length), \(dtype): output \(difference)")
    }
    return found
  }

  func forms(_ length: Int) -> [(name: String, run: Form)] {
    let step: Form = { mixer, x, state in
      var outputs: [Tensor] = []
      for row in x.unstacked(along: 1) { outputs.append(mixer.step(row, state: &state)) }
      return stack(outputs, along: 1)
    }
    func chunks(_ sizes: [Int]) -> Form {
      { mixer, x, state in
        var outputs: [Tensor] = []
        var start = 0
        while start < length {
          let end = min(start + sizes[outputs.count % sizes.count], length)
          outputs.append(mixer.chunk(x.slice(start..<end, along: 1), state: &state))
          start = end
        }
        return concatenate(outputs, along: 1)
      }
    }
    return [
      ("steps", step), ("chunks of 5", chunks([5])), ("chunks of 1, 17 and 2", chunks([1, 17, 2])),
      ("chunks of 150", chunks([150])),
      ("one chunk", chunks([length])),
    ]
  }

  /// Output, final state, and the gradients of a function of both.
  private func pass(_ mixer: Mixer, _ x: Tensor, _ start: Mixer.State, _ run: Form) -> Pass {
    var output: Tensor?
    var final = start
    let gradient = gradient(at: Pair(Pair(mixer, x), start)) { inputs in
      var state = inputs.second
      let y = run(inputs.first.first, inputs.first.second, &state)
      output = y.detached
      final = state.mapTensors { $0.detached }
      var generator = Philox(seed: 3)
      var loss = weighted(y, &generator)
      for tensor in state.tensors { loss = loss + weighted(tensor, &generator) }
      return loss
    }
    return Pass(output: output!, state: final, gradient: gradient)
  }

  /// A random linear functional, so that no part of a cotangent is zero or equal to another.
  private func weighted(_ x: Tensor, _ generator: inout Philox) -> Tensor {
    (x * Tensor(normal: 0, shape: x.shape, using: &generator).converted(to: x.dtype)).sum()
  }

  private func differences(_ got: Pass, _ want: Pass) -> [String] {
    var found = difference(got.output, want.output).map { ["output \($0)"] } ?? []
    found += differences(got.state, want.state, "final state")
    found += differences(got.gradient.first.first, want.gradient.first.first, "gradient of the parameters")
    found += differences(got.gradient.first.second, want.gradient.first.second, "gradient of the input")
    found += differences(got.gradient.second, want.gradient.second, "gradient of the initial state")
    return found
  }

  private func differences<M: Module>(_ got: M, _ want: M, _ what: String) -> [String] {
    if got.tensors.count != want.tensors.count {
      return ["\(what) has \(got.tensors.count) tensors, not \(want.tensors.count)"]
    }
    var found: [String] = []
    let sums = want.namedTensors
    for (got, want) in zip(got.namedTensors, sums) {
      // What rounding has taken from a sum counts as much as the sum does.
      let sum = sums.first { $0.name == got.name.replacing("rest.", with: "") && $0.name != got.name }
      if let difference = difference(got.tensor, want.tensor, scale: sum.map { norm($0.tensor) } ?? 0) {
        found.append("\(what) \(got.name) \(difference)")
      }
    }
    return found
  }

  private func norm(_ x: Tensor) -> Double { square(x).sum().scalars[0].squareRoot() }

  private func difference(_ got: Tensor, _ want: Tensor, scale: Double = 0) -> String? {
    if got.shape != want.shape { return "has shape \(got.shape), not \(want.shape)" }
    let error = errorRatio(got, want, scale: scale)
    let tolerance = Tolerance.mixer(got.dtype)
    return error <= tolerance ? nil : "differs by \(error), tolerance \(tolerance)"
  }
}
