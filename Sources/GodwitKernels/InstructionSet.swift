import CGodwitKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A set of vector instructions for which the inner loops were compiled.
public enum InstructionSet: Int32, CaseIterable, Sendable {
  /// SSE2 on x86-64; the architecture's own vectors elsewhere.
  case plain = 0
  /// AVX2 with fused multiply-add.
  case avx2 = 1
  /// AVX-512 F, VL, BW and DQ.
  case avx512 = 2

  /// The sets that this machine has, narrowest first.
  public static let supported: [InstructionSet] = allCases.filter { gw_isa_supported($0.rawValue) }

  private static let names = ["sse2": Self.plain, "plain": plain, "avx2": avx2, "avx512": avx512]

  /// The set of a name as `GODWIT_ISA` has it, if the machine has the set.
  package init?(named name: String) {
    guard let set = Self.names[name], Self.supported.contains(set) else { return nil }
    self = set
  }

  /// The names of the sets that the machine has, as a list to read.
  package static var supportedNames: String {
    names.filter { supported.contains($0.value) }.keys.sorted().joined(separator: ", ")
  }

  /// The set that the environment asks for (`GODWIT_ISA=sse2|avx2|avx512`), if the machine has it.
  package static let forced: InstructionSet? = getenv("GODWIT_ISA").flatMap {
    InstructionSet(named: String(cString: $0))
  }

  /// The set in use: the forced one, else the widest that the machine has.
  public static let current: InstructionSet = forced ?? supported.last!
}
