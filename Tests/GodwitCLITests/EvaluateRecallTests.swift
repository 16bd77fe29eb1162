import Foundation
import GodwitTestSupport
import Testing

/// `godwit evaluate` with the name of a problem of memory.
@Suite struct EvaluateRecallTests {
  private static let small = "--width 8 --depth 1 --heads 2 --length 12 --vocabulary 8 --steps 6 --batch 2 --quiet"

  private func run(_ line: String, in folder: TemporaryFolder) throws -> CommandRun {
    try CommandRun(arguments: line.split(separator: " ").map(String.init), in: folder.url)
  }

  @Test(arguments: [("copying", 3, "2"), ("selective-copying", 3, "2"), ("induction-heads", 1, "1")])
  func eachProblemGivesATableAPictureAndObjects(task: String, items: Int, least: String) throws {
    let folder = try TemporaryFolder()
    let line = "evaluate \(task) --mixer linear --mixer mamba --items \(items) --test-lengths 12,33 \(Self.small)"
    let plain = try run(line, in: folder)
    #expect(plain.exitCode == 0 && plain.error == "", "\(plain.error)")
    let words = plain.lines.map { $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init) }
    #expect(words.count == 4 && words[1].first == "linear" && words[2].first == "mamba" && words[3].first == "guessing")
    let results = String(decoding: try folder.bytes("runs/\(task)/results.jsonl"), as: UTF8.self)
    #expect(results.split(separator: "\n").count == 4)
    #expect(String(decoding: try folder.bytes("runs/\(task)/accuracy.svg"), as: UTF8.self).contains("evaluate \(task)"))
    // The same again, of runs that are finished.
    let again = try run(line + " --json --out runs/\(task)", in: folder)
    let objects = again.objects()
    #expect(again.exitCode == 0 && objects.count == 4)
    #expect(again.output == results)
    #expect(objects.allSatisfy { $0["task"] as? String == task && $0["items"] as? Int == items })
    #expect(objects.compactMap { $0["length"] as? Int } == [12, 33, 12, 33])
    #expect(objects.allSatisfy { ($0["parameters"] as? Int ?? 0) > 4_000 && ($0["trainSeconds"] as? Double ?? 0) > 0 })
    #expect(objects.allSatisfy { (0...1).contains($0["accuracy"] as? Double ?? -1) })
    #expect(again.objects().allSatisfy { ($0["baselineAccuracy"] as? Double ?? 0) > 0.1 })
  }

  @Test func associativeRecallAtSeveralWidthsAndRates() throws {
    let folder = try TemporaryFolder()
    let line =
      "evaluate associative-recall --mixer linear --width 8,16 --learning-rate 1e-3,1e-2 --depth 1 --length 12 --items 2 "
      + "--vocabulary 8 --steps 6 --batch 2 --json --out study"
    let found = try run(line, in: folder)
    #expect(found.exitCode == 0, "\(found.error)")
    #expect(found.objects().compactMap { $0["width"] as? Int } == [8, 16])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path("study")).sorted() == [
        "accuracy.svg", "linear-16-0.001", "linear-16-0.01", "linear-8-0.001", "linear-8-0.01", "results.jsonl",
      ])
    // Other options are not those of the runs that are there.
    let other = try run(line.replacing("--steps 6", with: "--steps 7"), in: folder)
    #expect(other.exitCode == 1 && other.error.contains("linear-8-0.001 was made with other options: --steps is 6"))
  }

  @Test func anInterruptedStudyGoesOn() throws {
    let folder = try TemporaryFolder()
    let options = "--mixer linear --mixer mamba --width 8 --depth 1 --heads 2 --length 12 --vocabulary 8 --items 2"
    let interrupted = try CommandRun(
      shell: """
        "$godwit" evaluate copying \(options) --steps 3000 & pid=$!
        until [ -s runs/copying/linear-8-0.003/metrics.jsonl ]; do sleep 0.01; done; sleep 0.1
        kill -INT $pid; wait $pid
        """, in: folder.url)
    #expect(interrupted.exitCode == 130, "\(interrupted.error)")
    #expect(interrupted.error.contains("evaluate copying \(options) --steps 3000 --out runs/copying"))
    let done = try run("evaluate copying \(options) --steps 3000 --out runs/copying --quiet", in: folder)
    #expect(done.exitCode == 0 && done.lines.count == 4)
    let whole = try run("evaluate copying \(options) --steps 3000 --out whole --quiet", in: folder)
    func tensors(_ name: String) throws -> ArraySlice<UInt8> {
      try folder.bytes(name + "/last.safetensors").suffix(20_000)
    }
    #expect(try tensors("runs/copying/linear-8-0.003") == tensors("whole/linear-8-0.003"))
    #expect(whole.exitCode == 0)
  }

  @Test(arguments: [
    ("copying --mixer nothing", "--mixer nothing"), ("copying --width 0", "--width 0"),
    ("copying --width 8,", "--width 8,"), ("copying --width 65537", "--width"), ("copying --heads 3", "--heads"),
    ("copying --depth 0", "--depth 0"), ("copying --length 31", "--length 31"), ("copying --items 0", "--items 0"),
    ("copying --vocabulary 2", "--vocabulary 2"), ("copying --vocabulary 300", "--vocabulary 300"),
    ("induction-heads --items 2", "--items 2"), ("associative-recall --length 63", "--length 63"),
    ("copying --test-lengths 256,x", "--test-lengths 256,x"), ("copying --test-lengths 8", "--length 8"),
    ("copying --steps 0", "--steps 0"), ("copying --batch 0", "--batch 0"),
    ("copying --learning-rate -1", "--learning-rate -1"), ("copying --learning-rate nan", "--learning-rate nan"),
    ("copying --weight-decay -1", "--weight-decay -1"), ("copying --mixer flash:chunk=0", "chunk"),
  ])
  func wrongUsageIsToldBeforeAnythingIsTrained(arguments: String, message: String) throws {
    let folder = try TemporaryFolder()
    let found = try run("evaluate \(arguments)", in: folder)
    #expect(found.exitCode == 64, "\(arguments): \(found.error)")
    #expect(found.error.contains(message), "\(found.error)")
    #expect(found.output == "" && !FileManager.default.fileExists(atPath: folder.path("runs")))
  }

  @Test func aMistypedProblemIsNoRun() throws {
    let folder = try TemporaryFolder()
    let found = try run("evaluate selective-copyng --mixer linear", in: folder)
    #expect(found.exitCode == 64 && found.error.contains("did you mean 'selective-copying'?"), "\(found.error)")
    // A folder of that name may be a run.
    try FileManager.default.createDirectory(atPath: folder.path("copyin"), withIntermediateDirectories: false)
    #expect(try run("evaluate copyin --text text", in: folder).error.contains("config.json"))
  }

  @Test(arguments: ["results.jsonl", "accuracy.svg"]) func filesOfOthersAreNotReplaced(name: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(name, "mine")
    let found = try run("evaluate copying --mixer linear \(Self.small) --items 2 --out .", in: folder)
    #expect(found.exitCode == 1 && found.error.contains("\(name): the file is there"), "\(found.error)")
    #expect(try folder.bytes(name) == Array("mine".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [name])
  }

  @Test func helpIsThere() throws {
    let all = try CommandRun("evaluate", "--help")
    #expect(all.exitCode == 0 && all.output.contains("selective-copying") && all.output.contains("--text"))
    for task in ["text", "copying", "selective-copying", "induction-heads", "associative-recall"] {
      let help = try CommandRun("evaluate", task, "--help")
      #expect(help.exitCode == 0 && help.output.contains("EXAMPLES"))
    }
  }
}
