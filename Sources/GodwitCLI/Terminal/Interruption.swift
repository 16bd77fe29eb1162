import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ctrl-C, the request of the system to end, a terminal that is closed, and a failed standard output, as a flag that work asks for between its steps.
///
/// The first one lets the work finish its step and save; a second one, unless the terminal was closed, ends the process at once.
/// All give exit code 130.
package enum Interruption {
  /// The exit code of interrupted work.
  package static let exitCode: Int32 = 130

  private static let requests = Atomic<Int>(0)
  /// Those of the requests of which a second one ends the process.
  private static let endings = Atomic<Int>(0)
  private static let failedOutput = Atomic<Int32>(0)
  private static let watched = Atomic<Bool>(false)

  /// Whether the work should stop at the next opportunity.
  package static var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }

  /// Whether `watch()` was called, so that somebody asks for the flag.
  package static var isWatched: Bool { watched.load(ordering: .relaxed) }

  /// What stopped the output, if that and not a signal is why the work should stop.
  package static var outputFailure: OutputFailure? {
    let code = failedOutput.load(ordering: .relaxed)
    return code == 0 ? nil : OutputFailure(code: code)
  }

  /// Asks the work to stop, as Ctrl-C does.
  package static func request(because failure: OutputFailure) {
    failedOutput.store(failure.code, ordering: .relaxed)
    endings.wrappingAdd(1, ordering: .relaxed)
    requests.wrappingAdd(1, ordering: .relaxed)
  }

  /// From now on Ctrl-C raises the flag instead of ending the process.
  package static func watch() {
    // Also makes sure that the handler finds all flags initialised: it may do nothing but touch them and call _exit.
    watched.store(true, ordering: .relaxed)
    _ = isRequested
    _ = endings.load(ordering: .relaxed)
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&signals, number)
      signal(number) { _ in
        if Interruption.endings.wrappingAdd(1, ordering: .relaxed).oldValue > 0 { _exit(Interruption.exitCode) }
        Interruption.requests.wrappingAdd(1, ordering: .relaxed)
      }
    }
    watchHangup(&signals)
    // A parent that blocks them (a test runner, a scheduler) hands that on, and they would never arrive.
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// The end of the terminal, unless it was to be ignored, as `nohup` asks. It is often told twice, by the shell and by the system,
  /// or right behind a request to end, so that one more must not end what is saving; and of two signals that go to two threads the
  /// later one may be handled first.
  private static func watchHangup(_ signals: inout sigset_t) {
    var action = sigaction()
    guard sigaction(SIGHUP, nil, &action) == 0 else { return }
    #if canImport(Darwin)
      let isIgnored = action.__sigaction_u.__sa_handler.map { unsafeBitCast($0, to: Int.self) } == 1
    #else
      let isIgnored = action.__sigaction_handler.sa_handler.map { unsafeBitCast($0, to: Int.self) } == 1
    #endif
    if isIgnored { return }
    sigaddset(&signals, SIGHUP)
    signal(SIGHUP) { _ in
      Interruption.requests.wrappingAdd(1, ordering: .relaxed)
    }
  }
}
