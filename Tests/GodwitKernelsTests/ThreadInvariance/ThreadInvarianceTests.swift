import Foundation
import Testing

@testable import GodwitKernels

/// Every kernel gives the same bits at any number of threads. The number holds for the process, so each table of kernels
/// has one of its own.
@Suite struct ThreadInvarianceTests {
  @Test func elementwiseKernels() async {
    await #expect(processExitsWith: .success) { check(ThreadCase.elementwiseKernels) }
  }

  @Test func kernelsThatMoveElements() async {
    await #expect(processExitsWith: .success) { check(ThreadCase.movingKernels) }
  }

  @Test func reductions() async {
    await #expect(processExitsWith: .success) { check(ThreadCase.reductionKernels) }
  }

  @Test func kernelsOverRows() async {
    await #expect(processExitsWith: .success) { check(ThreadCase.rowKernels) }
  }

  @Test func products() async {
    await #expect(processExitsWith: .success) { check(ThreadCase.productKernels) }
  }

  @Test func recurrences() async {
    await #expect(processExitsWith: .success) { check(ThreadCase.recurrenceKernels) }
  }

  @Test func gatedRecurrences() async {
    await #expect(processExitsWith: .success) { check(ThreadCase.gatedRecurrenceKernels) }
  }

  @Test func softmaxAttentions() async {
    await #expect(processExitsWith: .success) { check(ThreadCase.softmaxAttentionKernels) }
  }

  @Test func otherAttentions() async {
    await #expect(processExitsWith: .success) { check(ThreadCase.otherAttentionKernels) }
  }

  @Test func samples() async {
    await #expect(processExitsWith: .success) { check(ThreadCase.sampleKernels) }
  }

  /// No kernel is left out: each function that other targets see has a case or is said not to be a kernel.
  @Test func everyKernelIsEnrolled() throws {
    let tables = [
      ThreadCase.elementwiseKernels, ThreadCase.movingKernels, ThreadCase.reductionKernels, ThreadCase.rowKernels,
      ThreadCase.productKernels,
      ThreadCase.recurrenceKernels, ThreadCase.gatedRecurrenceKernels, ThreadCase.softmaxAttentionKernels,
      ThreadCase.otherAttentionKernels,
      ThreadCase.sampleKernels,
    ]
    let enrolled = Set(tables.joined().map(\.kernel))
    let others: Set = ["measuredBandwidth", "measuredPeak", "parallelFor", "parallelRanges", "require"]
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Sources/GodwitKernels")
    var names: Set<String> = []
    for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /(?:^|\n)(?:public|package) func (\w+)/) { names.insert(String(match.1)) }
    }
    #expect(names.count > 50)
    #expect(names.subtracting(enrolled).subtracting(others) == [])
    #expect(enrolled.subtracting(names) == [], "no kernel has this name")
  }

  /// A sum over as many parts as there are threads, a kernel that never gives work away, one that does so in secret, and one
  /// that leaves a part unwritten.
  @Test func theSuiteFindsWrongKernels() async {
    await #expect(processExitsWith: .success) {
      let count = 1 << 20
      @Sendable func sum(_ x: [UnsafeRawPointer], _ y: [UnsafeMutableRawPointer], parts: Int) {
        let sums = UnsafeMutablePointer<Float>.allocate(capacity: parts)
        defer { sums.deallocate() }
        nonisolated(unsafe) let target = sums
        parallelFor(parts) { part in
          target[part] = 0
          for index in count * part / parts..<count * (part + 1) / parts { target[part] += x[0].floats[index] }
        }
        y[0].floats[0] = (0..<parts).reduce(0) { $0 + sums[$1] }
      }
      let right = ThreadCase("a sum", reads: [count], writes: [1]) { x, y, _ in sum(x, y, parts: 16) }
      #expect(right.findings() == [])
      let wrong = ThreadCase("a sum", reads: [count], writes: [1]) { x, y, _ in sum(x, y, parts: Threads.count) }
      #expect(wrong.findings().contains { $0.contains("2 threads give other bits") })
      let blank = ThreadCase("a sum", reads: [count], writes: [2]) { x, y, _ in sum(x, y, parts: 16) }
      #expect(blank.findings().count == 1)
      let open = ThreadCase("a sum", reads: [count], writes: [1], usesThreads: false) { x, y, _ in
        sum(x, y, parts: 1000)
      }
      #expect(open.findings().contains { $0.contains("more than one worked") })
    }
  }

  @Test func theSuiteFindsKernelsThatLackThreads() async {
    await #expect(processExitsWith: .success) {
      let serial = ThreadCase("a copy", reads: [4], writes: [4]) { x, y, _ in
        y[0].copyMemory(from: x[0], byteCount: 16)
      }
      #expect(
        serial.findings(within: .milliseconds(50)).map { $0.hasSuffix("one worked") } == [true, true, true, true])
    }
  }
}

private func check(_ cases: [ThreadCase]) {
  for isa in InstructionSet.supported {
    for test in cases {
      for finding in test.findings(on: isa) { Issue.record("\(finding)") }
    }
  }
}
