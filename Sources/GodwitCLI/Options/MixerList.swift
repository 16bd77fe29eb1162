import GodwitLayers
import GodwitModels

/// The known mixers with their settings, for help.
enum MixerList {
  static let text: String = {
    var lines = ["MIXERS, with settings behind a colon, as in flash:chunk=64,expansion=1"]
    for kind in MixerKind.all {
      lines.append("  \(kind.name): \(kind.summary)")
      lines += kind.settings.map {
        "      \($0.name)=\($0.standard): \($0.meaning), \(Quantity.grouped($0.range.lowerBound)) to \(Quantity.grouped($0.range.upperBound))"
      }
    }
    return lines.joined(separator: "\n")
  }()
}
