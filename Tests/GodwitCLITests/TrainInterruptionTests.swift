import Foundation
import GodwitTestSupport
import Testing

/// Runs that are stopped from outside.
@Suite(.serialized) struct TrainInterruptionTests {
  private static let options =
    "text.txt --width 16 --depth 2 --heads 2 --context 16 --batch 2 --steps 1000 --dropout 0.1 --evaluation-bytes 64"

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("text.txt", String(repeating: "a long flight over the water. ", count: 100))
    return folder
  }

  /// A command that trains in the background, and waits until it has made some updates.
  private func background(_ name: String) -> String {
    """
    "$godwit" train \(Self.options) --out \(name) --quiet & pid=$!
    until [ -s \(name)/metrics.jsonl ]; do sleep 0.01; done; sleep 0.1
    """
  }

  private func metrics(_ folder: TemporaryFolder, _ name: String) throws -> [String] {
    try String(contentsOf: folder.url.appending(path: "\(name)/metrics.jsonl"), encoding: .utf8)
      .split(separator: "\n").map { line in
        String(line.prefix { $0 != "," }) + (line.contains("BitsPerByte") ? Self.loss(line) : "")
      }
  }

  private static func loss(_ line: Substring) -> String {
    guard let start = line.range(of: "BitsPerByte\":") else { return "" }
    return String(line[start.upperBound...].prefix { $0 != "," && $0 != "}" })
  }

  /// The tensors of a run's last checkpoint, as bytes behind the header.
  private func tensors(_ folder: TemporaryFolder, _ name: String) throws -> Data {
    let data = try Data(contentsOf: folder.url.appending(path: "\(name)/last.safetensors"))
    let header = data.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    return data.dropFirst(8 + header)
  }

  private func expectSame(_ folder: TemporaryFolder, _ a: String, _ b: String) throws {
    #expect(try metrics(folder, a) == metrics(folder, b))
    #expect(try tensors(folder, a) == tensors(folder, b))
  }

  @Test func interruptedAndKilledRunsGoOn() throws {
    let folder = try folder()
    #expect(try CommandRun(shell: "\"$godwit\" train \(Self.options) --out whole", in: folder.url).exitCode == 0)

    let interrupted = try CommandRun(
      shell: background("a").replacing(" --quiet", with: "") + "\nkill -INT $pid; wait $pid", in: folder.url)
    #expect(interrupted.exitCode == 130)
    #expect(interrupted.error.contains("interrupted after step "))
    #expect(interrupted.error.contains("train --resume a"))

    let killed = try CommandRun(shell: background("b") + "\nkill -KILL $pid; wait $pid", in: folder.url)
    #expect(killed.exitCode == 137)
    #expect(try tensors(folder, "b") != tensors(folder, "whole"))

    #expect(try CommandRun("train", "--resume", "a", "--threads", "1", in: folder.url).exitCode == 0)
    #expect(try CommandRun("train", "--resume", "b", "--threads", "2", in: folder.url).exitCode == 0)
    try expectSame(folder, "a", "whole")
    try expectSame(folder, "b", "whole")
  }

  /// It is told by the shell and by the system, often right behind a request to end.
  @Test func aTerminalThatIsClosedIsAnInterruption() throws {
    let folder = try folder()
    #expect(try CommandRun(shell: "\"$godwit\" train \(Self.options) --out whole", in: folder.url).exitCode == 0)
    for (name, signals) in [("a", "kill -HUP $pid; kill -HUP $pid"), ("b", "kill -TERM $pid; kill -HUP $pid")] {
      let run = try CommandRun(
        shell: background(name).replacing(" --quiet", with: "") + "\n\(signals); wait $pid", in: folder.url)
      #expect(run.exitCode == 130)
      #expect(run.error.contains("interrupted after step "), "\(run.error)")
      #expect(try CommandRun("train", "--resume", name, "--quiet", in: folder.url).exitCode == 0)
      try expectSame(folder, name, "whole")
    }
    let ignoring = try CommandRun(
      shell: "trap '' HUP; " + background("c") + "\nkill -HUP $pid; wait $pid", in: folder.url)
    #expect(ignoring.exitCode == 0, "\(ignoring.error)")
    try expectSame(folder, "c", "whole")
  }

  @Test func closedStreamsAreNoFilesOfTheRun() throws {
    let folder = try folder()
    #expect(try CommandRun(shell: "\"$godwit\" train \(Self.options) --out whole", in: folder.url).exitCode == 0)
    let run = try CommandRun(shell: "\"$godwit\" train \(Self.options) --out a <&- >&- 2>&-", in: folder.url)
    #expect(run.exitCode == 0)
    try expectSame(folder, "a", "whole")
    for line in try String(contentsOfFile: folder.path("a/metrics.jsonl"), encoding: .utf8).split(separator: "\n") {
      #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)")
    }
  }

  @Test func timeInWhichTheProcessWasStoppedIsNoTrainingTime() throws {
    let folder = try folder()
    let clock = ContinuousClock()
    let start = clock.now
    let run = try CommandRun(
      shell: background("a") + "\nkill -STOP $pid; sleep 4; kill -CONT $pid; wait $pid", in: folder.url)
    #expect(run.exitCode == 0)
    let elapsed = (clock.now - start) / .seconds(1)
    let done = try #require(
      try String(contentsOfFile: folder.path("a/metrics.jsonl"), encoding: .utf8).split(separator: "\n").last)
    let object = try JSONSerialization.jsonObject(with: Data(done.utf8)) as? [String: Any]
    let trained = try #require(object?["elapsedSeconds"] as? Double)
    #expect(trained < elapsed - 2.5, "\(trained) of \(elapsed)")
  }

  @Test func aReaderThatLeavesIsNoInterruption() throws {
    let folder = try folder()
    let run = try CommandRun(
      shell: #"("$godwit" train \#(Self.options) --out a --json; echo "code $?" >&2) | head -1"#, in: folder.url)
    #expect(run.objects().count == 1)
    #expect(run.error.contains("godwit: nothing reads standard output any more; stopped after step "))
    #expect(run.error.contains("train --resume a"))
    #expect(run.error.hasSuffix("code 141\n"))
    #expect(try CommandRun("train", "--resume", "a", "--quiet", in: folder.url).exitCode == 0)
  }

  @Test func aSecondInterruptionEndsAtOnce() throws {
    let folder = try folder()
    // One update that takes minutes.
    let run = try CommandRun(
      shell: """
        "$godwit" train text.txt --width 256 --context 256 --batch 8 --accumulation 100000 --steps 2 --out a & pid=$!
        until [ -e a/config.json ]; do sleep 0.01; done
        sleep 0.2; kill -INT $pid; sleep 0.1; kill -INT $pid
        wait $pid
        """, in: folder.url)
    #expect(run.exitCode == 130)
    #expect(!run.error.contains("interrupted after step"))
  }

  @Test func anInterruptedRunGoesOnAtALowerLearningRate() throws {
    let folder = try folder()
    _ = try CommandRun(shell: background("a") + "\nkill -INT $pid; wait $pid", in: folder.url)
    let run = try CommandRun("train", "--resume", "a", "--learning-rate", "0.0002", in: folder.url)
    #expect(run.exitCode == 0, "\(run.error)")
    #expect(run.error.contains("the learning rate is 0.000200 at most from step "))
    let info = try CommandRun("info", "a", in: folder.url)
    #expect(info.output.contains("rate        0.000200 at most from step "))
    // The rest of the schedule was not asked to change.
    let other = try CommandRun("train", "--resume", "a", "--final-learning-rate", "0", in: folder.url)
    #expect(other.exitCode == 1)
  }

  @Test func aLimitOnTheSizeOfFilesLeavesTheLastCheckpoint() throws {
    let folder = try folder()
    #expect(try CommandRun(shell: "\"$godwit\" train \(Self.options) --out whole", in: folder.url).exitCode == 0)
    _ = try CommandRun(shell: background("a") + "\nkill -KILL $pid; wait $pid", in: folder.url)
    let before = try Data(contentsOf: folder.url.appending(path: "a/last.safetensors"))
    #expect(before.count > 60 << 10)
    // The history fits into the limit, the checkpoint does not.
    let limited = try CommandRun(shell: "ulimit -f 60; \"$godwit\" train --resume a", in: folder.url)
    #expect(limited.exitCode == 1)
    #expect(!limited.wasKilled)
    #expect(limited.error.contains("a/last.safetensors"))
    #expect(limited.error.contains("its last good checkpoint is a/last.safetensors (after "))
    #expect(try Data(contentsOf: folder.url.appending(path: "a/last.safetensors")) == before)
    #expect(try CommandRun("train", "--resume", "a", in: folder.url).exitCode == 0)
    try expectSame(folder, "a", "whole")
  }

  #if os(Linux)
    @Test func anOutputWithoutRoomStopsTheRunAfterSaving() throws {
      let folder = try folder()
      let run = try CommandRun(
        shell: #""$godwit" train \#(Self.options) --out a --json > /dev/full"#, in: folder.url)
      #expect(run.exitCode == 1)
      #expect(run.error.contains("cannot write to standard output: "))
      #expect(run.error.contains("stopped after step "))
    }

    @Test func aFullDiskWhileTheHistoryGrowsIsAnError() throws {
      let folder = try folder()
      let run = try CommandRun(
        shell: "(ulimit -f 0; \"$godwit\" train \(Self.options) --out a) 2>&1 | cat >&2; exit ${PIPESTATUS[0]}",
        in: folder.url)
      #expect(run.exitCode == 1)
      #expect(!run.wasKilled)
      #expect(run.error.contains("a/"))
      // What is not complete is not taken for a run.
      #expect(try CommandRun("info", "a", in: folder.url).exitCode == 1)
    }
  #endif
}
