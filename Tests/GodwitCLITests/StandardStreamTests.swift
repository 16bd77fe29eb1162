import Foundation
import Testing

@testable import GodwitCLI

@Suite struct StandardStreamTests {
  @Test func aPipeThatIsFullIsWaitedFor() async throws {
    let pipe = Pipe()
    let descriptor = pipe.fileHandleForWriting.fileDescriptor
    #expect(fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0)
    let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }
    let reader = Task.detached {
      try await Task.sleep(for: .milliseconds(50))
      return try pipe.fileHandleForReading.readToEnd()
    }
    StandardStream(descriptor: descriptor).write(bytes)
    try pipe.fileHandleForWriting.close()
    #expect(try await reader.value == Data(bytes))
  }
}
