#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Standard output or standard error, written at once and whole.
package struct StandardStream: Sendable {
  package static let output = StandardStream(descriptor: 1)
  package static let error = StandardStream(descriptor: 2)

  let descriptor: Int32

  /// Gives the standard streams that are closed to nobody: the next file that is opened would be one of them, and what is written
  /// to the stream would go into the file.
  static func reserve() {
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 {
      // The least descriptor that is free is this one.
      _ = open("/dev/null", O_RDWR)
    }
  }

  /// Lets a write to a pipe whose reader is gone fail, instead of ending the process in the middle of its work.
  static func ignoreClosedPipes() { signal(SIGPIPE, SIG_IGN) }

  /// Whether a person is looking, at a terminal that can move its cursor.
  package var isTerminal: Bool {
    isatty(descriptor) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb"
  }

  /// Whether colour is welcome: on a terminal, unless `NO_COLOR` is set (no-color.org).
  package var showsColour: Bool { isTerminal && getenv("NO_COLOR") == nil }

  /// The width of the terminal in characters, 80 where it does not tell.
  package var columns: Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  package func write(line: some StringProtocol) { write(Array(line.utf8) + [UInt8(ascii: "\n")]) }

  package func write(_ text: String) { write(Array(text.utf8)) }

  /// Writes all of `bytes`.
  ///
  /// When standard output takes no more, work that can be stopped in an orderly way is asked to stop, and any other ends
  /// here, quietly if its reader is gone. Standard error is never worth ending for.
  package func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno == EAGAIN || errno == EWOULDBLOCK {
        // Another process may have made what we write to one that does not wait by itself.
        var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&room, 1, -1)
      } else if errno != EINTR {
        if descriptor == StandardStream.output.descriptor { outputFailed(errno) }
        return
      }
    }
  }

  /// Stops as a failed write would where nothing reads any more: for work that writes nothing for long.
  func stopIfClosed() {
    var state = pollfd(fd: descriptor, events: 0, revents: 0)
    if poll(&state, 1, 0) > 0, state.revents & Int16(POLLERR | POLLHUP) != 0 { outputFailed(EPIPE) }
  }

  private func outputFailed(_ code: Int32) {
    let failure = OutputFailure(code: code)
    if Interruption.isWatched { return Interruption.request(because: failure) }
    if failure.isClosedPipe { exit(0) }
    StandardStream.error.write(line: "godwit: \(failure)")
    exit(failure.exitCode)
  }
}

/// Why standard output takes no more.
package struct OutputFailure: Sendable, CustomStringConvertible {
  /// As in `errno`.
  let code: Int32

  var isClosedPipe: Bool { code == EPIPE }

  /// As the shell gives it for a process that a closed pipe ended, so that it is not taken for an interruption.
  var exitCode: Int32 { isClosedPipe ? 128 + SIGPIPE : 1 }

  package var description: String {
    isClosedPipe
      ? "nothing reads standard output any more"
      : "cannot write to standard output: \(String(cString: strerror(code))); free space or redirect it elsewhere"
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
