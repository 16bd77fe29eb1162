import GodwitKernels
import GodwitRandom

/// A hundred thousand walks of a thousand steps.
enum WalkBenchmarks {
  static let all: [Benchmark] = walk.map { [ends($0), paths($0)] } ?? []

  private static let walk = try? RandomWalk()
  private static let (walks, steps) = (100_000, 1000)
  private static var work: Double { Double(walks * steps) }

  private static func ends(_ walk: RandomWalk) -> Benchmark {
    Benchmark("walk/ends/\(walks)x\(steps)", work: work, unit: "steps") {
      var generator = Philox(seed: 1)
      return { consume(walk.endPoints(of: walks, steps: steps, using: &generator)) }
    }
  }

  /// Sixteen bits for each place, in memory that is used again.
  private static func paths(_ walk: RandomWalk) -> Benchmark {
    Benchmark(
      "walk/paths/\(walks)x\(steps)", work: work, unit: "steps", floor: .init(bytes: 2 * work, traffic: .write)
    ) {
      let memory = Memory(byteCount: 2 * walks * steps)
      var generator = Philox(seed: 1)
      return {
        walk.fillPaths(memory.buffer(of: Int16.self), steps: steps, using: &generator)
        consume(memory)
      }
    }
  }

  /// Memory in huge pages, as that of tensors.
  private final class Memory: Sendable {
    nonisolated(unsafe) let start: UnsafeMutableRawPointer
    let byteCount: Int

    init(byteCount: Int) {
      self.byteCount = byteCount
      start = MemoryCache.allocate(byteCount: byteCount)
    }

    deinit { MemoryCache.deallocate(start, byteCount: byteCount) }

    func buffer<Element>(of type: Element.Type) -> UnsafeMutableBufferPointer<Element> {
      let count = byteCount / MemoryLayout<Element>.stride
      return UnsafeMutableBufferPointer(start: start.bindMemory(to: Element.self, capacity: count), count: count)
    }
  }
}
