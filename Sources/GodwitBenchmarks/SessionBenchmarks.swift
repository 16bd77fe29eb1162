import Foundation
import GodwitModels
import GodwitRandom
import Synchronization

/// Texts that are being written: two at once on two threads and eight as a batch, against one after another. And how
/// long whoever cancels waits: for the block of the model that is at work.
enum SessionBenchmarks {
  static let all: [Benchmark] =
    [(256, 4), (64, 2)].map(atOnce) + [asBatch]
    + [("linear", 256, 4, 0), ("softmax", 256, 4, 8192), ("linear", 768, 12, 0)].map(cancelled)

  private static func atOnce(width: Int, depth: Int) -> Benchmark {
    // So many bytes that waking a thread counts for nothing, and so few that the machine is as fast for both ways.
    let length = 128
    let bytes = Double(2 * length)
    return Benchmark(
      "sessions/linear/2x\(width)x\(depth)/at-once", work: bytes, unit: "bytes",
      floor: .init(operations: bytes * operations(width: width, depth: depth)), reference: "one after another"
    ) {
      let model = try model("linear", width: width, depth: depth)
      let sessions = [Session(model), Session(model)]
      return Benchmark.Work {
        DispatchQueue.concurrentPerform(iterations: 2) { sessions[$0].write(length) }
      } against: {
        for session in sessions { session.write(length) }
      }
    }
  }

  private static let asBatch: Benchmark = {
    let (width, depth, count) = (256, 4, 16)
    let bytes = Double(8 * count)
    return Benchmark(
      "sessions/linear/8x\(width)x\(depth)/as-batch", work: bytes, unit: "bytes",
      floor: .init(operations: bytes * operations(width: width, depth: depth)), reference: "one after another"
    ) {
      let model = try model("linear", width: width, depth: depth)
      var alone = (0..<8).map { TextSession(model, seed: $0) }
      var batch = TextBatch(alone)
      return Benchmark.Work {
        for _ in 0..<count { _ = batch.next() }
      } against: {
        for index in alone.indices { for _ in 0..<count { _ = alone[index].next() } }
      }
    }
  }()

  /// From the moment that the first piece of a prompt begins to be read until the reading has ended, which is cancelled after a
  /// millisecond, when the first block is at work.
  private static func cancelled(mixer: String, width: Int, depth: Int, after past: Int) -> Benchmark {
    Benchmark("sessions/\(mixer)/1x\(width)x\(depth)/cancelled-after-\(past)", work: 1, unit: "pieces") {
      var session = TextSession(try model(mixer, width: width, depth: depth))
      session.read(repeatElement(32, count: past))
      let ready = session
      return {
        let (begun, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let reading = Task {
          var session = ready
          let prompt = (0..<1 << 20).lazy.map { index -> UInt8 in
            if index == 0 { begun.signal() }
            return UInt8(truncatingIfNeeded: index)
          }
          try? await session.read(prompt)
          ended.signal()
        }
        begun.wait()
        usleep(1000)
        reading.cancel()
        ended.wait()
      }
    }
  }

  private static func model(_ mixer: String, width: Int, depth: Int) throws -> LanguageModel {
    var generator = Philox(seed: 0)
    return try LanguageModel(
      LanguageModelConfiguration(mixer: mixer, width: width, depth: depth, heads: 4), using: &generator)
  }

  /// Multiplications and additions of a byte: of the dense layers, and of the sums that linear attention reads and writes.
  private static func operations(width: Int, depth: Int) -> Double {
    2 * Double(width) * Double(12 * width * depth + 256) + 4 * Double(width * width / 4 * depth)
  }

  /// A text that goes on from call to call.
  private final class Session: Sendable {
    private let generator: Mutex<TextGenerator>

    init(_ model: LanguageModel) { generator = Mutex(TextGenerator(model)) }

    func write(_ count: Int) {
      generator.withLock { for _ in 0..<count { _ = $0.next() } }
    }
  }
}
