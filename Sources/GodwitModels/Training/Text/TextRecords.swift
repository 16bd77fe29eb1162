extension StepRecord {
  /// In a run of language modelling: the loss on the training text, in bits per byte.
  public var trainBitsPerByte: Double { loss }
  /// In a run of language modelling: the bytes learned from in a second.
  public var tokensPerSecond: Double { unitsPerSecond }
}

extension ValidationRecord {
  /// In a run of language modelling: the loss on the held-out text, in bits per byte.
  public var validationBitsPerByte: Double { deciding }
}

extension DoneRecord {
  /// In a run of language modelling: the loss on the held-out text, in bits per byte; nil if none is held out.
  public var validationBitsPerByte: Double? { deciding }
}
