import CGodwitKernels

/// The places [walks, steps] after each step of walks from `start` on: a step is up where its bit is set, the lowest bit of the
/// first word first; a walk has (steps + 63) / 64 words.
package func walkPaths(
  from start: Int16, _ walks: Int, steps: Int, _ bits: UnsafePointer<UInt64>, _ places: UnsafeMutablePointer<Int16>,
  on isa: InstructionSet = .current
) {
  gw_walk_table(isa.rawValue)!.pointee.paths16(start, walks, steps, bits, sumsOfEight, places)
}

/// The places [walks, steps] after each step of walks from `start` on: a step is up where its bit is set, the lowest bit of the
/// first word first; a walk has (steps + 63) / 64 words.
package func walkPaths(
  from start: Int32, _ walks: Int, steps: Int, _ bits: UnsafePointer<UInt64>, _ places: UnsafeMutablePointer<Int32>,
  on isa: InstructionSet = .current
) {
  gw_walk_table(isa.rawValue)!.pointee.paths32(start, walks, steps, bits, sumsOfEight, places)
}

/// For each byte the sums of its first 1, 2, … 8 steps.
private let sumsOfEight: [Int8] = (0..<256).flatMap { byte in
  var sum: Int8 = 0
  return (0..<8).map { step in
    sum += byte >> step & 1 == 1 ? 1 : -1
    return sum
  }
}
