import Godwit

// swift run -c release MixersFromSwift: makes mixers by their types and by name, computes each in its three forms, and
// takes gradients.

/// A feature map of one's own; `KernelAttention` makes a mixer of it.
struct ExponentialMap: FixedFeatureMap {
  static var name: String { "linear-exponential" }
  static var summary: String { "linear attention with the features e^x" }
  func callAsFunction(_ x: Tensor) -> Tensor { exp(x) }
}

/// Computes a mixer in its three forms, prints how far apart they are, and gives the parallel one.
func inAllForms(_ name: String, _ mixer: some SequenceMixer, _ x: Tensor) -> Tensor {
  let (batch, length) = (x.shape[0], x.shape[1])

  // All positions at once, as in training: [B, T, D] to [B, T, D].
  let parallel = mixer(x)

  // A run of positions after another, as a long prompt is read. The state carries the past from one to the next.
  var state = mixer.initialState(batch: batch)
  let runs = stride(from: 0, to: length, by: 40).map { start in
    mixer.chunk(x.slice(start..<min(start + 40, length), along: 1), state: &state)
  }
  let chunked = concatenate(runs, along: 1)

  // One position after another, as text is generated: [B, D] to [B, D].
  state = mixer.initialState(batch: batch)
  let recurrent = stack((0..<length).map { mixer.step(x.element($0, along: 1), state: &state) }, along: 1)

  let difference = maximum(abs(chunked - parallel), abs(recurrent - parallel)).max().item
  let kept = state.tensors.map(\.count).reduce(0, +)
  print("\(name): the forms differ by at most \(difference); it keeps \(kept) numbers of the past")
  return parallel
}

var generator = Philox(seed: 7)
let x = Tensor(normal: 0, shape: [2, 150, 64], using: &generator)  // B sequences of T positions of width D

// By type. Settings are numbers by name; those that are not given have their standard values.
let flash = FLASH(MixerOptions(width: 64, rotary: true, settings: ["chunk": 32, "keyWidth": 64]), using: &generator)
let local = LocalAttention(MixerOptions(width: 64, heads: 4, settings: ["window": 64]), using: &generator)
let exponential = KernelAttention<ExponentialMap>(MixerOptions(width: 64, heads: 4), using: &generator)
let target = inAllForms("flash", flash, x)
_ = inAllForms("local", local, x)
_ = inAllForms("linear-exponential", exponential, x)

// By name, as a configuration or a command line has it. Names and settings are checked: this throws a `MixerError`.
let named = try MixerKind(named: "local:window=64").make(MixerOptions(width: 64, heads: 4), using: &generator)
_ = inAllForms("local:window=64", named, x)

// The gradient of a function of a mixer is a mixer made of gradients; that of a function of its input is a tensor.
let (loss, slope) = valueWithGradient(at: exponential) { square($0(x) - target).mean() }
print("loss \(loss.item), gradient of the output's weights \(slope.projections.output.weight.shape)")
let influence = abs(gradient(at: x) { exponential($0).element(100, along: 1).sum() })
let (past, future) = (influence.element(3, along: 1), influence.element(101, along: 1))
print("position 100 depends on position 3: \(past.max().item > 0), on position 101: \(future.max().item > 0)")
