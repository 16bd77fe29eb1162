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
  /// Makes the inputs and returns the work.
  let prepare: @Sendable () throws -> () throws -> Void

  /// - Parameter prepare: makes the inputs, untimed, and returns the work to time.
  public init(
    _ name: String, work: Double, unit: String, floor: Floor? = nil, threads: Int? = nil,
    prepare: @escaping @Sendable () throws -> () throws -> Void
  ) {
    self.name = name
    self.work = work
    self.unit = unit
    self.floor = floor
    self.threads = threads
    self.prepare = prepare
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
