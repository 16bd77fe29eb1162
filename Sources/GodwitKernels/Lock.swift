import CGodwitKernels
import Synchronization

/// A value that one thread at a time may touch: the standard library's `Mutex`, made known to Thread Sanitizer.
///
/// The library's own code is not instrumented, so without the word of `gw_lock_taken` and `gw_lock_leaving` each block of
/// memory that passes from one thread to another under the lock would be reported as a race.
package final class Lock<Value: Sendable>: Sendable {
  private let mutex: Mutex<Value>

  package init(_ value: Value) { mutex = Mutex(value) }

  package func withLock<Result>(_ body: (inout Value) throws -> sending Result) rethrows -> Result {
    let identity = UInt(bitPattern: ObjectIdentifier(self))
    return try mutex.withLock { value in
      gw_lock_taken(identity)
      defer { gw_lock_leaving(identity) }
      return try body(&value)
    }
  }
}
