import Foundation
import Godwit
import Testing

/// Whatever the articles and the README put behind `--mixer`, and each name with settings, is a mixer that there is.
@Suite struct MixerNameTests {
  @Test func everyMixerNamedIsKnown() throws {
    var named: [String] = []
    for text in try Articles.names.map(Articles.text) + [Articles.readme()] {
      named += text.matches(of: /\b[a-z][a-z-]*:[A-Za-z]+=[^\s`'"|)]*/).map { String($0.output) }
      named += text.matches(of: /--mixer (?<name>[a-z][^\s`'"|)]*)/).map { String($0.output.name) }
    }
    #expect(named.filter { $0.contains("=") }.count >= 15)
    for name in named {
      #expect(throws: Never.self, "\(name)") { try MixerPattern(named: name) }
    }
  }

  /// The table of settings has a row for each setting of each mixer, and no other.
  @Test func everySettingIsInTheTable() throws {
    let section = try Articles.text("ChoosingAMixer.md").components(separatedBy: "\n## Settings\n")
    try #require(section.count == 2)
    let rows = section[1].components(separatedBy: "\n## ")[0].split(separator: "\n").filter { $0.hasPrefix("| `") }
    let wanted = MixerKind.all.flatMap { kind in
      kind.settings.map {
        "| `\(kind.name)` | `\($0.name)` | \($0.meaning) | \($0.standard) | \(values(of: $0)) |"
      }
    }
    #expect(rows.map(String.init) == wanted)
  }

  private func values(of setting: MixerSetting) -> String {
    switch setting.domain {
    case .whole(let range): "\(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "\(range.lowerBound) to \(range.upperBound)"
    case .choice(let words): words.joined(separator: " or ")
    }
  }
}
