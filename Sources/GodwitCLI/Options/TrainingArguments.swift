import ArgumentParser
import GodwitModels
import GodwitOptimization

extension LearningRateSchedule.Decay: ExpressibleByArgument {}
extension DecayConvention: ExpressibleByArgument {}

/// The options that describe how a model is trained; what is not given stays as it is where they are applied.
struct TrainingArguments: ParsableArguments {
  private static let defaults = TextTrainingOptions()

  @Option(parsing: .unconditional, help: "The number of steps. (default: as many as the minutes allow)")
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help:
      "How long to train, in minutes: as many steps as fit, planned by a short trial and again as the run goes. (default: 3)"
  )
  var minutes: Double?

  @Option(parsing: .unconditional, help: "The sequences of one pass. (default: \(Self.defaults.batch))")
  var batch: Int?

  @Option(
    parsing: .unconditional, help: "The passes that make one step together. (default: \(Self.defaults.accumulation))")
  var accumulation: Int?

  @Option(
    parsing: .unconditional,
    help:
      "The greatest learning rate; the one option that may be another when a run is resumed. (default: \(Self.defaults.learningRate))"
  )
  var learningRate: Double?

  @Option(parsing: .unconditional, help: "The learning rate at the end. (default: a tenth of the greatest)")
  var finalLearningRate: Double?

  @Option(help: "How the learning rate falls after the warm-up. (default: \(Self.defaults.schedule.rawValue))")
  var schedule: LearningRateSchedule.Decay?

  @Option(
    parsing: .unconditional, help: "The steps with a rising learning rate. (default: a twentieth of all, at most 100)"
  )
  var warmup: Int?

  @Option(parsing: .unconditional, help: "The rate of decoupled weight decay. (default: \(Self.defaults.weightDecay))")
  var weightDecay: Double?

  @Option(
    help:
      "What weight decay is multiplied by: the learning rate (pytorch) or the schedule alone (paper). (default: \(Self.defaults.decayConvention.rawValue))"
  )
  var decayConvention: DecayConvention?

  @Option(
    parsing: .unconditional,
    help: "How much of the mean of the gradients a step keeps. (default: \(Self.defaults.beta1))")
  var beta1: Double?

  @Option(
    parsing: .unconditional,
    help: "How much of the mean of their squares a step keeps. (default: \(Self.defaults.beta2))")
  var beta2: Double?

  @Option(
    parsing: .unconditional,
    help:
      "The greatest norm of the gradient that is used as it is; 0 for no limit. (default: \(Self.defaults.clip ?? 0))")
  var clip: Double?

  @Option(
    parsing: .unconditional,
    help:
      "The part of the text, at its end, that is not trained on; with 0 nothing tells how good the model is. (default: \(Self.defaults.heldOutFraction))"
  )
  var heldOut: Probability?

  @Option(
    parsing: .unconditional,
    help:
      "The steps from one validation to the next. (default: a twentieth of all, or more where validations would take long)"
  )
  var evaluateEvery: Int?

  @Option(
    parsing: .unconditional,
    help: "The most bytes of the held-out text that a validation predicts. (default: \(Self.defaults.evaluationBytes))")
  var evaluationBytes: Int?

  @Option(
    parsing: .unconditional,
    help: "The steps from one sample to the next, 0 for no samples. (default: a quarter of all)")
  var sampleEvery: Int?

  @Option(
    parsing: .unconditional,
    help: "Where the random numbers start; the same seed gives the same model. (default: \(Self.defaults.seed))")
  var seed: UInt64?

  func validate() throws {
    if steps != nil, minutes != nil { throw ValidationError("--steps and --minutes: give one of them") }
    if let clip, !(clip >= 0) {
      throw ValidationError("--clip \(clip): expected a norm of at least 0; 0 is no limit")
    }
  }

  /// `options` with what was given.
  func applied(to options: TextTrainingOptions) -> TextTrainingOptions {
    var result = options
    if let steps { result.steps = steps }
    if let minutes { (result.minutes, result.steps) = (minutes, nil) }
    if let batch { result.batch = batch }
    if let accumulation { result.accumulation = accumulation }
    if let learningRate { result.learningRate = learningRate }
    if let finalLearningRate { result.finalLearningRate = finalLearningRate }
    if let schedule { result.schedule = schedule }
    if let warmup { result.warmupSteps = warmup }
    if let weightDecay { result.weightDecay = weightDecay }
    if let decayConvention { result.decayConvention = decayConvention }
    if let beta1 { result.beta1 = beta1 }
    if let beta2 { result.beta2 = beta2 }
    if let clip { result.clip = clip == 0 ? nil : clip }
    if let heldOut { result.heldOutFraction = heldOut.value }
    if let evaluateEvery { result.evaluationInterval = evaluateEvery }
    if let evaluationBytes { result.evaluationBytes = evaluationBytes }
    if let sampleEvery { result.sampleInterval = sampleEvery }
    if let seed { result.seed = seed }
    return result
  }
}
