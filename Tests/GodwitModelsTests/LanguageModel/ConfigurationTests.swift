import Foundation
import GodwitLayers
import GodwitModels
import GodwitRandom
import Testing

struct ConfigurationTests {
  @Test func defaultsAreValid() throws {
    for name in MixerKind.names { try LanguageModelConfiguration(mixer: name).validate() }
    #expect(LanguageModelConfiguration().positions == .rotary)
  }

  @Test(arguments: [(16, 16), (256, 64), (1024, 256), (8192, 256)])
  func flashHasSeveralChunks(context: Int, chunk: Int) {
    #expect(LanguageModelConfiguration(.flash, context: context).mixer == "flash:chunk=\(chunk)")
  }

  @Test func survivesCoding() throws {
    for configuration in LanguageModelFormsTests.configurations {
      let data = try JSONEncoder().encode(configuration)
      #expect(try JSONDecoder().decode(LanguageModelConfiguration.self, from: data) == configuration)
    }
  }

  private func message(_ change: (inout LanguageModelConfiguration) -> Void) -> String? {
    var configuration = LanguageModelConfiguration()
    change(&configuration)
    var generator = Philox(seed: 1)
    do {
      _ = try LanguageModel(configuration, using: &generator)
      return nil
    } catch { return "\(error)" }
  }

  @Test func whatIsWrongIsSaid() {
    #expect(message { $0.heads = 3 } == "heads is 3; expected a divisor of the width, 256")
    #expect(
      message { $0.mixer = "x" }
        == "there is no mixer \"x\"; the known ones are \(MixerKind.names.joined(separator: ", "))")
    #expect(message { $0.width = 0 } == "width is 0; expected a number from 1 to 65,536")
    #expect(message { $0.dropout = 1 } == "dropout is 1.0; expected at least 0 and less than 1")
    #expect(message { ($0.width, $0.heads) = (12, 4) }?.contains("even width") == true)
    #expect(message { ($0.width, $0.depth) = (65_536, 4_096) }?.contains("parameters") == true)
  }

  /// A configuration is read from files, so no numbers may stop the program.
  @Test func noNumbersTrap() {
    let extremes = [Int.min, -1, 0, 1, 3, Int(Int32.max), Int.max]
    for extreme in extremes {
      let fields: [WritableKeyPath<LanguageModelConfiguration, Int>] = [\.width, \.depth, \.heads, \.context]
      for field in fields {
        for other in extremes {
          var configuration = LanguageModelConfiguration()
          configuration[keyPath: field] = extreme
          configuration.keyHeads = other
          configuration.hidden = other
          try? configuration.validate()
          configuration.keyHeads = nil
          configuration.hidden = nil
          configuration.feedForward = .swiglu
          try? configuration.validate()
          configuration.positions = .learned
          try? configuration.validate()
        }
      }
    }
    for rate in [Double.nan, .infinity, -1, 1] { #expect(message { $0.dropout = rate } != nil) }
  }
}
