import GodwitKernels

extension MixerKind {
  /// All known kinds: those that come with Godwit, then those that were registered.
  public static var all: [MixerKind] { builtIn + registered.withLock { $0 } }

  /// The names of all known kinds.
  public static var names: [String] { all.map(\.name) }

  private static let builtIn: [MixerKind] = [
    MixerKind(SoftmaxAttention.self),
    MixerKind(LinearAttention.self), MixerKind(KernelAttention<IdentityMap>.self),
    MixerKind(KernelAttention<ReluMap>.self), MixerKind(KernelAttention<ReluSquaredMap>.self),
    MixerKind(KernelAttention<CosineMap>.self), MixerKind(Performer.self),
    MixerKind(LocalAttention.self), MixerKind(StridedAttention.self), MixerKind(Longformer.self),
    MixerKind(BigBird.self), MixerKind(ExplicitSparseAttention.self),
    MixerKind(GatedAttentionUnit.self), MixerKind(FLASH.self), MixerKind(MixedChunkAttention.self),
    MixerKind(Retention.self), MixerKind(RWKVTimeMix.self), MixerKind(Mamba.self), MixerKind(Mamba2.self),
  ]

  private static let registered = Lock([MixerKind]())

  /// Makes a mixer of one's own known by its name: configurations, training, comparisons and the reading of runs then find it
  /// like any other.
  ///
  /// A program does so once, before it uses the name; to register a type again changes nothing.
  ///
  /// - Throws: `MixerError` if another mixer has the name, or the name cannot be written in a configuration.
  public static func register(_ type: any ConfigurableMixer.Type) throws(MixerError) {
    let isName = type.name.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || $0 == UInt8(ascii: "-")
    }
    guard isName, !type.name.isEmpty else { throw .impossibleName(type.name) }
    let isFree = registered.withLock { kinds in
      if kinds.contains(where: { $0.isOf(type) }) { return true }
      if (builtIn + kinds).contains(where: { $0.name == type.name }) { return false }
      kinds.append(MixerKind(type))
      return true
    }
    if !isFree { throw .taken(name: type.name) }
  }
}
