import GodwitLayers
import GodwitModels

/// The known mixers with their settings, for help.
enum MixerList {
  static let text: String = {
    var lines = ["MIXERS, with settings behind a colon, as in flash:chunk=64,expansion=1"]
    for kind in MixerKind.all {
      lines += wrapped("\(kind.name): \(kind.summary)", indent: 2)
      for setting in kind.settings {
        lines += wrapped("\(setting.name)=\(setting.standard): \(setting.meaning), \(values(of: setting))", indent: 6)
      }
    }
    return lines.joined(separator: "\n")
  }()

  /// The values that a setting can have.
  static func values(of setting: MixerSetting) -> String {
    switch setting.domain {
    case .whole(let range): "\(Quantity.grouped(range.lowerBound)) to \(Quantity.grouped(range.upperBound))"
    case .number(let range): "\(range.lowerBound) to \(range.upperBound)"
    case .choice(let words): words.joined(separator: " or ")
    }
  }

  /// Lines of at most 78 columns, those after the first four further in: help is folded at 80.
  private static func wrapped(_ text: String, indent: Int) -> [String] {
    var lines = [String(repeating: " ", count: indent - 1)]
    for word in text.split(separator: " ") {
      if lines[lines.count - 1].count + 1 + word.count > 78 {
        lines.append(String(repeating: " ", count: indent + 3))
      }
      lines[lines.count - 1] += " " + word
    }
    return lines
  }
}
