/// Stops the program with `message` unless `condition` holds: the one answer to a programmer's misuse.
///
/// The message names the operation, what differs, and both values. Unlike `precondition` it also prints in a release
/// build.
@inlinable @inline(__always)
package func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fatalError(message()) }
}
