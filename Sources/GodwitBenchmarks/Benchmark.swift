import GodwitKernels

/// A piece of work with a stable name, whose time `godwit benchmark` sets beside what the machine can do.
public struct Benchmark: Sendable {
  /// `subject/shape/…`; it never changes, so that results of different versions can be compared.
  public let name: String
  /// How much one call does, counted in `unit`.
  public let work: Double
  /// What `work` counts: "flop", "tokens", "parameters", "bytes", "calls".
  public let unit: String
  /// What bounds the time from below, if anything does that can be measured.
  public let floor: Floor?
  /// The threads that the benchmark is about; as many as are in force if nil.
  public let threads: Int?
  /// What else does the same work, if the benchmark is about how much faster it is than that.
  public let reference: String?
  /// Makes the inputs and returns the work.
  let prepare: @Sendable () throws -> Work

  /// - Parameter prepare: makes the inputs, untimed, and returns the work to time.
  public init(
    _ name: String, work: Double, unit: String, floor: Floor? = nil, threads: Int? = nil,
    prepare: @escaping @Sendable () throws -> () throws -> Void
  ) {
    self.init(name, work: work, unit: unit, floor: floor, threads: threads, reference: nil) { Work(try prepare()) }
  }

  /// A benchmark of one way to do something against another, timed in turn: as the machine's speed changes from second to second,
  /// only times that are taken side by side can be compared.
  ///
  /// - Parameters:
  ///   - reference: what the other way is called.
  ///   - prepare: makes the inputs, untimed, and returns both.
  init(
    _ name: String, work: Double, unit: String, floor: Floor? = nil, threads: Int? = nil, reference: String?,
    prepare: @escaping @Sendable () throws -> Work
  ) {
    self.reference = reference
    self.name = name
    self.work = work
    self.unit = unit
    self.floor = floor
    self.threads = threads
    self.prepare = prepare
  }

  /// What is timed.
  struct Work {
    /// The work.
    let body: () throws -> Void
    /// The same work as the benchmark's reference does it.
    let reference: (() throws -> Void)?

    init(_ body: @escaping () throws -> Void, against reference: (() throws -> Void)? = nil) {
      (self.body, self.reference) = (body, reference)
    }
  }

  /// The least that the work needs of the machine.
  public struct Floor: Sendable, Hashable {
    /// Multiplications and additions that cannot be avoided, each counted as one.
    public let operations: Double
    /// Bytes that must pass between memory and processor; 0 where all of them stay in the caches.
    public let bytes: Double
    /// In what way they pass.
    package let traffic: MemoryTraffic

    package init(operations: Double = 0, bytes: Double = 0, traffic: MemoryTraffic = .copy) {
      self.operations = operations
      self.bytes = bytes
      self.traffic = traffic
    }
  }
}
