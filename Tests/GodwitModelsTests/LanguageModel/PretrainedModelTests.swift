import Foundation
import GodwitTensor
import GodwitTestSupport
import Testing

@testable import GodwitModels

/// Models of other programs: `Scripts/golden/pretrained.py`, and a trained RWKV-4 from the tests of rwkv.cpp.
@Suite struct PretrainedModelTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Pretrained")
  private static func path(_ name: String) -> String { folder.appending(path: name).standardizedFileURL.path }

  private struct Expected: Decodable {
    let prompt: String
    let logits: [Double]
  }

  private func expected(_ name: String) throws -> Expected {
    let file = Self.folder.appending(path: "\(name)/expected-logits.json")
    return try JSONDecoder().decode(Expected.self, from: Data(contentsOf: file))
  }

  @Test(arguments: [("rwkv4-tiny", 4), ("rwkv", 2), ("mamba", 2), ("mamba2", 2)])
  func logitsAreThoseOfTheReference(name: String, depth: Int) throws {
    let pretrained = try PretrainedModel(in: Self.path(name))
    let model = try pretrained.model()
    #expect(pretrained.configuration.depth == depth)
    if name == "rwkv4-tiny" { #expect(model.parameterCount == 661_504) }
    let expected = try expected(name)
    var session = TextSession(model)
    session.read(expected.prompt.utf8)
    let logits = try #require(session.logits)
    for (got, want) in zip(logits, expected.logits) { #expect(abs(Double(got) - want) <= 1e-5, "\(name)") }
    #expect(logits.count == expected.logits.count)
  }

  /// A run of it is read as every run is, and what was exported from it is the same model.
  @Test func theRunIsReadAgain() throws {
    let folder = try TemporaryFolder()
    let model = try PretrainedModel(in: Self.path("mamba2")).model()
    try Run.create(at: folder.path("run"), model: model)
    let again = try Run(loading: folder.path("run"), of: LanguageModeling.self)
    #expect(again.configuration.model == model.configuration)
    try model.write(to: folder.path("weights.safetensors"))
    #expect(try LanguageModel(from: folder.path("weights.safetensors")).fingerprint == model.fingerprint)
  }

  // MARK: What is wrong

  /// A folder with other files than one of those above.
  private func changed(_ name: String, _ change: (URL) throws -> Void) throws -> (TemporaryFolder, String) {
    let folder = try TemporaryFolder()
    let copy = folder.url.appending(path: name)
    try FileManager.default.copyItem(at: Self.folder.appending(path: name), to: copy)
    try change(copy)
    return (folder, copy.path)
  }

  private func message(_ name: String, _ change: (URL) throws -> Void) throws -> String {
    let (folder, path) = try changed(name, change)
    defer { withExtendedLifetime(folder) {} }
    do {
      _ = try PretrainedModel(in: path).model()
      return ""
    } catch { return "\(error)" }
  }

  private func replace(_ text: String, with other: String) -> (URL) throws -> Void {
    { folder in
      let file = folder.appending(path: "config.json")
      let old = try String(contentsOf: file, encoding: .utf8)
      try #require(old.contains(text))
      try old.replacing(text, with: other).write(to: file, atomically: true, encoding: .utf8)
    }
  }

  private func rewrite(_ change: @escaping (String, Tensor) -> (String, Tensor)?) -> (URL) throws -> Void {
    { folder in
      let path = folder.appending(path: "model.safetensors").path
      let file = try SafetensorsFile(reading: path)
      var writer = SafetensorsWriter()
      for name in file.names {
        if let (name, tensor) = change(name, try file.tensor(name)) { writer.add(name, tensor) }
      }
      try writer.write(to: path)
    }
  }

  @Test func whatIsMissingOrTooManyIsNamed() throws {
    let decay = "backbone.layers.1.mixer.A_log"
    #expect(
      try message("mamba", rewrite { $0 == "backbone.layers.1.mixer.D" ? nil : ($0, $1) })
        .contains("backbone.layers.1.mixer.D [32] is missing"))
    #expect(
      try message("mamba", rewrite { $0 == decay ? (decay, Tensor(zeros: [32, 4])) : ($0, $1) })
        .contains("\(decay) is [32, 4], not [32, 5]"))
    #expect(
      try message("mamba", rewrite { ($0 == "backbone.norm_f.weight" ? "norm" : $0, $1) })
        .contains("backbone.norm_f.weight [16] is missing; norm is no part of the model"))
    #expect(
      try message("mamba", rewrite { $0.contains("layers.0.mixer.A_log") ? nil : ($0, $1) })
        .contains("backbone.layers.0.mixer.A_log is missing"))
    #expect(
      try message("rwkv4-tiny", rewrite { $0.hasPrefix("blocks.3.att.") ? nil : ($0, $1) })
        .contains("blocks.3.ffn.key.weight is no part of the model"))
  }

  @Test func otherModelsAreRefused() throws {
    #expect(try message("mamba", replace("\"mamba\"", with: "\"llama\"")).contains("is a model of the type \"llama\""))
    #expect(try message("mamba", replace("\"silu\"", with: "\"gelu\"")).contains("hidden_act is gelu; expected silu"))
    #expect(
      try message("mamba2", replace("0.0,", with: "0.001,"))
        .contains("time_step_limit has 0.001; step sizes have no limits here"))
    #expect(try message("mamba2", replace("{\n      \"__float__\": \"Infinity\"\n    }", with: "Infinity")) == "")
    let table = "backbone.embeddings.weight"
    #expect(
      try message("mamba", rewrite { $0 == table ? (table, Tensor(zeros: [50_280, 16])) : ($0, $1) })
        .contains("is a model of 50,280 tokens: it needs a tokenizer, and there is none here yet"))
  }

  /// A folder without its last layer looks like a smaller model; only `config.json` knows better.
  @Test func whatTheConfigurationTellsOtherwiseIsRefused() throws {
    #expect(
      try message("mamba", rewrite { $0.contains("layers.1.") ? nil : ($0, $1) })
        .contains("config.json has num_hidden_layers 2, the tensors have 1; restore the files that belong together"))
    for (model, field, value) in [
      ("mamba", "hidden_size", 16), ("mamba", "state_size", 5), ("mamba", "conv_kernel", 4),
      ("mamba", "vocab_size", 256),
      ("mamba2", "num_hidden_layers", 2), ("mamba2", "state_size", 6), ("mamba2", "conv_kernel", 4),
      ("rwkv", "num_hidden_layers", 2), ("rwkv", "hidden_size", 16),
    ] {
      for other in ["-1", "3", "4611686018427387904"] {
        #expect(
          try message(model, replace("\"\(field)\": \(value)", with: "\"\(field)\": \(other)"))
            .contains("config.json has \(field) \(other), the tensors have \(value)"), "\(model) \(field) \(other)")
      }
    }
  }

  @Test func damagedFoldersAreRefused() throws {
    func remove(_ name: String) -> (URL) throws -> Void {
      { try FileManager.default.removeItem(at: $0.appending(path: name)) }
    }
    #expect(try message("mamba", remove("model.safetensors")).contains("there is neither model.safetensors nor"))
    #expect(try message("mamba", remove("config.json")).contains("does not say of which type its model is"))
    #expect(try message("mamba2", remove("model-00002-of-00003.safetensors")).contains("model-00002-of-00003"))
    #expect(
      try message("mamba") { try Data("{".utf8).write(to: $0.appending(path: "config.json")) }.contains(
        "it is not sound JSON"))
    #expect(
      try message("mamba", replace("\"mamba\"", with: "3"))
        .contains("the field model_type has another type; restore the file that transformers wrote"))
    #expect(
      try message("mamba2") { folder in
        let index = folder.appending(path: "model.safetensors.index.json")
        try Data("{\"weight_map\": {\"a\": \"../b\"}}".utf8).write(to: index)
      }.contains("\"../b\" is no name of a file"))
    #expect(try message("mamba") { try Data(count: 100).write(to: $0.appending(path: "model.safetensors")) } != "")
  }
}
