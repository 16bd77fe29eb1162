import GodwitLayers
import GodwitRandom
import GodwitTensor
import Testing

/// The conformance suite of sequence mixers: what every one of them must satisfy.
///
/// Its checks return what is wrong, so that a test can show that they find it.
public struct MixerSuite<Mixer: SequenceMixer> {
  let mixer: Mixer
  let width: Int
  let batch = 2

  /// - Parameters:
  ///   - mixer: in float32, of the given width.
  public init(_ mixer: Mixer, width: Int) {
    self.mixer = mixer
    self.width = width
  }

  /// Records an issue for everything that is wrong.
  public func run(sourceLocation: SourceLocation = #_sourceLocation) {
    for violation in violations() { Issue.record("\(Mixer.self): \(violation)", sourceLocation: sourceLocation) }
  }

  /// Records an issue for everything that is wrong over more positions than the kernels take at once: for mixers that are large
  /// enough for all paths of the kernels.
  public func runLong(sourceLocation: SourceLocation = #_sourceLocation) {
    let found = formViolations(length: 300, dtype: .float32)
    for violation in found + nonFiniteViolations(length: 300, dtype: .float32, bySteps: false) {
      Issue.record("\(Mixer.self): \(violation)", sourceLocation: sourceLocation)
    }
  }

  /// Everything that is wrong with the mixer.
  public func violations() -> [String] {
    // The other checks change the tensors by `visit`.
    var found = auditViolations(mixer)
    if !found.isEmpty { return found }
    for dtype in DType.allCases {
      for length in [1, 7, 33, 100] { found += formViolations(length: length, dtype: dtype) }
      found += causalityViolations(length: 33, dtype: dtype)
      found += nonFiniteViolations(length: 33, dtype: dtype)
      found += emptyViolations(dtype)
      found += stateDataViolations(dtype)
    }
    return found + stateViolations()
  }

  func input(_ length: Int, _ dtype: DType, seed: UInt64 = 1) -> Tensor {
    var generator = Philox(seed: seed)
    return Tensor(normal: 0, shape: [batch, length, width], using: &generator).converted(to: dtype)
  }

  func mixer(_ dtype: DType) -> Mixer { mixer.mapTensors { $0.converted(to: dtype) } }

  /// Whether an output depends on a later input, in the parallel form or in chunks.
  func causalityViolations(length: Int, dtype: DType) -> [String] {
    let mixer = mixer(dtype)
    var found = causalityViolation { mixer($0) }.map { ["parallel: \($0)"] } ?? []
    let chunked = causalityViolation {
      var state = mixer.initialState(batch: batch)
      return mixer.chunk($0, state: &state)
    }
    if let chunked { found.append("chunk: \(chunked)") }
    return found

    func causalityViolation(_ layer: (Tensor) -> Tensor) -> String? {
      GodwitTestSupport.causalityViolation(of: layer, input: input(length, dtype))
    }
  }

  /// Whether no positions at all give anything, or change a state with a past.
  func emptyViolations(_ dtype: DType) -> [String] {
    let mixer = mixer(dtype)
    let nothing = Tensor(zeros: [batch, 0, width], dtype: dtype)
    var found: [String] = []
    if mixer(nothing).shape != nothing.shape { found.append("without positions: output \(mixer(nothing).shape)") }
    var state = mixer.initialState(batch: batch)
    _ = mixer(input(5, dtype), state: &state)
    let before = state.tensors.map(\.scalars)
    for y in [mixer(nothing, state: &state), mixer.chunk(nothing, state: &state)] where y.shape != nothing.shape {
      found.append("without positions, from a state with a past: output \(y.shape)")
    }
    if state.tensors.map(\.scalars) != before { found.append("without positions: the state changes") }
    return found
  }

  /// Whether the state's size does what `stateGrows` says.
  func stateViolations() -> [String] {
    func state(after length: Int) -> Mixer.State {
      var state = mixer.initialState(batch: batch)
      if length > 0 { _ = mixer(input(length, .float32), state: &state) }
      return state
    }
    let (short, long) = (state(after: 7).byteCount, state(after: 100).byteCount)
    var found: [String] = []
    if Mixer.stateGrows && long <= short {
      found.append("stateGrows is true, yet the state has \(short) and \(long) bytes")
    }
    if !Mixer.stateGrows && long != short {
      found.append("stateGrows is false, yet the state has \(short) bytes after 7 positions, \(long) after 100")
    }
    for length in [0, 7] { found += auditViolations(state(after: length)).map { "state after \(length): \($0)" } }
    return found
  }
}

/// How an output of a layer depends on a later input, if one does: outputs before a changed position must stay the same to
/// the last bit.
public func causalityViolation(of layer: (Tensor) -> Tensor, input x: Tensor) -> String? {
  let (batch, length) = (x.shape[0], x.shape[1])
  let y = layer(x)
  for position in [1, length / 2, length - 1] where position > 0 {
    var later = [Double](repeating: 0, count: length)
    later[position] = 1
    let changed = layer(x + Tensor(later, shape: [length, 1], dtype: x.dtype))
    for row in 0..<batch {
      let before = y[row].slice(0..<position, along: 0).scalars
      if before != changed[row].slice(0..<position, along: 0).scalars {
        return "outputs before position \(position) change with its input"
      }
    }
  }
  return nil
}
