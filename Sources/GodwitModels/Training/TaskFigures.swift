import GodwitKernels

/// What the figures of a task are called, and which values of them are better.
public struct TaskFigures: Sendable, Hashable {
  /// One number that tells how good a model is.
  public struct Figure: Sendable, Hashable {
    /// Its key in `metrics.jsonl` and in what `--json` prints, such as `validationBitsPerByte`.
    public var key: String
    /// What it is, in a word, such as `loss` or `accuracy`.
    public var name: String
    /// What it is measured in, such as `bits per byte`.
    public var unit: String
    /// Whether a greater value is a better one.
    public var isGreaterBetter: Bool

    /// A figure of which smaller values are better, unless told.
    public init(_ key: String, name: String = "loss", unit: String, isGreaterBetter: Bool = false) {
      self.key = key
      self.name = name
      self.unit = unit
      self.isGreaterBetter = isGreaterBetter
    }

    /// Whether a value is better than another; equal ones are not.
    public func isBetter(_ value: Double, than other: Double) -> Bool {
      isGreaterBetter ? value > other : value < other
    }
  }

  /// The loss of a step.
  public var loss: Figure
  /// The figures on the held-out data; the first one decides which checkpoint is the best.
  public var heldOut: [Figure]
  /// The key of how much is learned from in a second, such as `tokensPerSecond`.
  public var rateKey: String
  /// What is counted there, such as `tokens`.
  public var unitName: String
  /// What is held out, in words, such as `held-out text`.
  public var heldOutName: String

  /// Names for the loss and for at least one figure.
  ///
  /// - Precondition: there is a figure on the held-out data.
  public init(
    loss: Figure, heldOut: [Figure], rateKey: String = "examplesPerSecond", unitName: String = "examples",
    heldOutName: String = "held-out data"
  ) {
    require(!heldOut.isEmpty, "TaskFigures: no figure on the held-out data")
    self.loss = loss
    self.heldOut = heldOut
    self.rateKey = rateKey
    self.unitName = unitName
    self.heldOutName = heldOutName
  }

  /// The figure that decides which checkpoint is the best.
  public var deciding: Figure { heldOut[0] }
}
