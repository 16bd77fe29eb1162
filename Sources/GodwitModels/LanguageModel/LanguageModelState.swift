import GodwitLayers
import GodwitTensor

/// What a language model keeps of the bytes that it has read.
public struct LanguageModelState: SequenceState {
  /// The states of the blocks' layers.
  public internal(set) var blocks: [[AnyMixerState]]
  /// How many bytes of each text were read.
  public internal(set) var positions: Positions

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("blocks", &blocks)
    visitor.visit("position", &positions)
  }

  public func problem(expecting initial: LanguageModelState) -> String? {
    blocks.problem(expecting: initial.blocks) ?? positions.problem(expecting: initial.positions)
  }

  public func select(_ rows: [Int]) -> LanguageModelState {
    LanguageModelState(blocks: blocks.select(rows), positions: positions.select(rows))
  }

  public static func joined(_ states: [LanguageModelState]) -> LanguageModelState {
    LanguageModelState(
      blocks: [[AnyMixerState]].joined(states.map(\.blocks)), positions: Positions.joined(states.map(\.positions)))
  }
}
