import GodwitLayers
import GodwitTensor

/// What a language model keeps of the bytes that it has read.
public struct LanguageModelState: Module {
  /// The states of the blocks' mixers.
  public internal(set) var mixers: [AnyMixerState]
  /// The number of bytes read.
  public internal(set) var position: Int

  public mutating func visit(_ visitor: inout some TensorVisitor) { visitor.visit("mixers", &mixers) }
}
