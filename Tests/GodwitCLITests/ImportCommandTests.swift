import Foundation
import GodwitTestSupport
import Testing

/// `godwit import`: a run of a model that another program trained, used as any other.
@Suite struct ImportCommandTests {
  private let folder: TemporaryFolder
  private var pretrained: String {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../GodwitModelsTests/Pretrained")
      .standardizedFileURL.path
  }

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: ["rwkv4-tiny", "mamba", "mamba2", "rwkv"]) func theRunIsUsedAsAnyOther(name: String) throws {
    let run = folder.path(name)
    let imported = try CommandRun("import", "\(pretrained)/\(name)", "--out", run)
    #expect(imported.exitCode == 0, "\(imported.error)")
    #expect(imported.output.contains("parameters are in \(run).\nNow let it write: "))
    let written = try CommandRun("generate", run, "--prompt", "Once", "--bytes", "20", "--seed", "1")
    #expect(written.exitCode == 0 && !written.output.isEmpty, "\(written.error)")
    let text = try folder.write("text.txt", String(repeating: "a long flight over the water. ", count: 100))
    let measured = try CommandRun("evaluate", run, "--text", text, "--json")
    #expect(measured.objects().first?["bitsPerByte"] is Double)
    #expect(try CommandRun("info", run).exitCode == 0)
    let tuned = try CommandRun(
      "train", text, "--from", run, "--out", folder.path("tuned-\(name)"), "--steps", "2", "--context", "16",
      "--batch", "2")
    #expect(tuned.exitCode == 0, "\(tuned.error)")
  }

  @Test func whatIsWrongIsExplained() throws {
    let run = folder.path("run")
    let missing = try CommandRun("import", folder.path("nothing"), "--out", run)
    #expect(missing.exitCode == 1 && missing.error.contains(folder.path("nothing")), "\(missing.error)")
    let empty = try CommandRun("import", folder.url.path, "--out", run)
    #expect(empty.exitCode == 1 && empty.error.contains("there is neither model.safetensors nor"), "\(empty.error)")
    #expect(try CommandRun("import", "\(pretrained)/mamba", "--out", run).exitCode == 0)
    let twice = try CommandRun("import", "\(pretrained)/mamba", "--out", run)
    #expect(twice.exitCode == 1 && twice.error.contains("there is a run in \(run) already"), "\(twice.error)")
    #expect(try CommandRun("import", "\(pretrained)/mamba").exitCode == 64)
    #expect(try CommandRun("import", "", "--out", run).exitCode == 64)
  }
}
