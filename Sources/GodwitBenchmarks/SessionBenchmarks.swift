import Dispatch
import GodwitModels
import GodwitRandom
import Synchronization

/// Two texts that are being written, a byte of each: one after another on one thread, and at once on two.
enum SessionBenchmarks {
  static let all: [Benchmark] = [(width: 256, depth: 4), (width: 64, depth: 2)].flatMap { size in
    ["in-turn", "at-once"].map { two(width: size.width, depth: size.depth, $0) }
  }

  /// Bytes that a session writes in a call; so many that waking a thread counts for nothing.
  private static let length = 512

  private static func two(width: Int, depth: Int, _ order: String) -> Benchmark {
    let bytes = Double(2 * length)
    // Multiplications and additions of the dense layers and of the sums that linear attention reads and writes.
    let operations = 2 * Double(width) * Double(12 * width * depth + 256) + 4 * Double(width * width / 4 * depth)
    return Benchmark(
      "sessions/linear/2x\(width)x\(depth)/\(order)", work: bytes, unit: "bytes",
      floor: .init(operations: bytes * operations)
    ) {
      var generator = Philox(seed: 0)
      let model = try LanguageModel(
        LanguageModelConfiguration(mixer: "linear", width: width, depth: depth, heads: 4), using: &generator)
      let sessions = [Session(model), Session(model)]
      guard order == "at-once" else { return { for session in sessions { session.write(length) } } }
      return { DispatchQueue.concurrentPerform(iterations: 2) { sessions[$0].write(length) } }
    }
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
