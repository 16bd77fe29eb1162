import Foundation
import Godwit

// swift run -c release OwnMixer FILE RUN: trains a model with the mixer of this file on a text, keeps it as a run, and
// loads it again by the mixer's name.

/// Each channel keeps a mean of its past that fades: hₜ = a ⊙ hₜ₋₁ + (1 − a) ⊙ (xₜ W), yₜ = silu(hₜ) V, with learned a.
struct FadingMean: ConfigurableMixer {
  var input: Linear  // W, [D, D]
  var output: Linear  // V, [D, D]
  var fading: Tensor  // the logits of a, [D]

  static let name = "fading-mean"
  static let summary = "a mean of the past that fades, by channel"
  static let supportsRotary = false
  static let stateGrows = false
  static let longest = MixerSetting(
    "longest", "positions after which the slowest has faded", standard: 64, range: 2...1e6)
  static let settings = [longest]

  init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    let width = options.width
    input = Linear(width, width, using: &generator)
    output = Linear(width, width, standardDeviation: options.outputDeviation, using: &generator)
    // From a mean of two positions to the longest, evenly in their logarithms.
    let longest = options[number: Self.longest]
    fading = Tensor((0..<width).map { log(2 * pow(longest / 2, Double($0) / Double(width)) - 1) })
  }

  // A fading is no weight: it never decays, and here it learns ten times as slowly.
  mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("input", &input)
    visitor.visit("output", &output)
    visitor.visit("fading", &fading, .dynamics(.factor(0.1)))
  }

  /// What it keeps of the past, [B, D]; from being a leaf follows that it can be saved, joined and compared.
  struct State: SequenceState {
    var mean: Tensor
    mutating func visit(_ visitor: inout some TensorVisitor) { visitor.visit("mean", &mean) }
  }

  func initialState(batch: Int) -> State {
    State(mean: Tensor(zeros: [batch, fading.count], dtype: fading.dtype))
  }

  func callAsFunction(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    let kept = sigmoid(fading)
    let means = diagonalRecurrence(kept, input(x) * (1 - kept), initial: state.mean)
    if x.shape[1] > 0 { state.mean = means.element(x.shape[1] - 1, along: 1) }
    return output(silu(means))
  }

  func chunk(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    self(x, state: &state, context: &context)
  }

  func step(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    let kept = sigmoid(fading)
    state.mean = kept * state.mean + input(x) * (1 - kept)
    return output(silu(state.mean))
  }
}

guard CommandLine.arguments.count == 3 else {
  print("usage: OwnMixer FILE RUN; FILE is a text, RUN a folder that is not there yet")
  exit(64)
}
let (text, folder) = (CommandLine.arguments[1], CommandLine.arguments[2])
do {
  try MixerKind.register(FadingMean.self)
  // Two blocks of the mixer, then one of softmax attention to the last 32 positions.
  let mixers = "fading-mean:longest=200,fading-mean,local:window=32"
  let model = LanguageModelConfiguration(mixer: mixers, width: 64, depth: 3, context: 128)
  let options = TextTrainingOptions(steps: 60, learningRate: 3e-3)
  try Trainer(TrainingRequest(paths: [text], folder: folder, model: model, options: options)).train { event in
    if case .validation(let record) = event {
      print("step \(record.step): \(record.deciding) bits per byte")
    }
  }
  let trained = try Run(loading: folder).model()
  var session = TextSession(trained, sampling: try SamplingOptions(temperature: 0.8), seed: 7)
  session.read("The ".utf8)
  print(String(decoding: (0..<80).map { _ in session.next() }, as: UTF8.self))
  print("it keeps \(trained.initialState(batch: 1).byteCount) bytes of the past")
} catch {
  print("cannot train: \(error)")
  exit(1)
}
