import Foundation
import Godwit
import Testing

/// Whatever tensor a model may have, the article on the layout of a checkpoint has its name.
@Suite struct LayoutArticle {
  @Test(arguments: MixerKind.all.map(\.name)) func everyTensorOfAMixerIsNamed(mixer: String) throws {
    try expectNames(of: LanguageModelConfiguration(mixer: mixer, width: 8, depth: 1, heads: 2))
  }

  @Test(arguments: Normalization.Kind.allCases, [ChannelMixer.Kind.gelu, .swiglu, .rwkv])
  func everyTensorOfABlockIsNamed(norm: Normalization.Kind, feedForward: ChannelMixer.Kind) throws {
    try expectNames(
      of: LanguageModelConfiguration(
        width: 8, depth: 1, heads: 2, context: 8, feedForward: feedForward, norm: norm, positions: .learned))
  }

  private func expectNames(of configuration: LanguageModelConfiguration) throws {
    let article = try Articles.text("LayoutOfACheckpoint.md")
    var generator = Philox(seed: 1)
    let model = try LanguageModel(configuration, using: &generator)
    for tensor in model.namedTensors {
      let name = tensor.name.replacing("blocks.0.mixer.", with: "").replacing("blocks.0.", with: "blocks.i.")
      // Beside the first tensor of a layer the others have but their last part.
      let parts = name.split(separator: ".")
      let (layer, last) = (parts.dropLast().joined(separator: "."), parts[parts.count - 1])
      let isNamed =
        article.contains("`\(name)`")
        || article.split(separator: "\n").contains { $0.contains("`\(layer).") && $0.contains("`.\(last)`") }
      #expect(isNamed, "\(name)")
    }
  }
}
