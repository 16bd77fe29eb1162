import GodwitKernels

/// Which keys each query of an attention sees, as a rule on positions: what it leaves out is never computed.
///
/// A pattern is causal (a query sees no key after its own position) or looks both ways.
public struct AttentionPattern: Sendable, Hashable {
  enum Form: Sendable, Hashable {
    case window(Int, globals: Int)
    case strided(Int, window: Int)
    case blocks(BlockPattern)
  }

  let form: Form
  /// Whether a query sees no key after its own position.
  public let causal: Bool

  /// The positions near a query: causal the last `window`, its own included; otherwise `window` on each side and its own.
  ///
  /// - Precondition: the window is positive, or looks both ways and is not negative.
  public static func local(window: Int, causal: Bool = true) -> AttentionPattern {
    localAndGlobal(window: window, globals: 0, causal: causal)
  }

  /// The positions near a query as in `local`, and the first `globals` positions, which all see and which see all:
  /// Beltagy, Peters and Cohan 2020, "Longformer: The long-document transformer", section 3.1. Causal they see the past.
  ///
  /// - Precondition: as for `local`; `globals` is not negative.
  public static func localAndGlobal(window: Int, globals: Int, causal: Bool = true) -> AttentionPattern {
    require(
      window >= (causal ? 1 : 0) && globals >= 0,
      "AttentionPattern.localAndGlobal: a window of \(window), \(globals) global positions")
    return AttentionPattern(form: .window(window, globals: globals), causal: causal)
  }

  /// The positions t, t - stride, t - 2 stride, … of a query at t, and the last `window`, its own included: Child, Gray,
  /// Radford and Sutskever 2019, "Generating long sequences with sparse transformers", section 4.2, whose two heads are one
  /// here. A window of 0 leaves the strided positions alone.
  ///
  /// - Precondition: the stride is positive, the window not negative.
  public static func strided(_ stride: Int, window: Int) -> AttentionPattern {
    require(stride > 0 && window >= 0, "AttentionPattern.strided: a stride of \(stride), a window of \(window)")
    return AttentionPattern(form: .strided(stride, window: window), causal: true)
  }

  /// Blocks of `size` positions, of which a block of queries sees those near it (causal the last `window`, its own
  /// included; otherwise `window` on each side), the first `globals`, and `random` others that are drawn once: Zaheer et
  /// al. 2020, "Big Bird: Transformers for longer sequences", section 2. The first blocks see all.
  ///
  /// The random blocks are drawn evenly from those that are left, causal from those before, by the seed and the number of
  /// the block of queries alone: causal, a longer sequence begins with the pattern of a shorter one.
  ///
  /// - Precondition: the size is positive; the window is as for `local`; the other numbers are not negative.
  public static func blocks(
    size: Int, window: Int, globals: Int, random: Int, seed: UInt64, causal: Bool = true
  ) -> AttentionPattern {
    require(
      size > 0 && window >= (causal ? 1 : 0) && globals >= 0 && random >= 0,
      "AttentionPattern.blocks: a size of \(size), a window of \(window), \(globals) global and \(random) random blocks"
    )
    let choice = BlockPattern.Choice.drawn(window: window, globals: globals, random: random, seed: seed)
    return AttentionPattern(form: .blocks(BlockPattern(size: size, choice: choice)), causal: causal)
  }

  /// Blocks of `size` positions, of which the block of queries i sees `lists[i]`.
  ///
  /// - Precondition: the size is positive; no list has a negative number; each has one that its block may see.
  public static func blocks(size: Int, lists: [[Int]], causal: Bool = true) -> AttentionPattern {
    require(size > 0, "AttentionPattern.blocks: a size of \(size)")
    for list in lists { require(list.allSatisfy { $0 >= 0 }, "AttentionPattern.blocks: a negative block in \(list)") }
    return AttentionPattern(form: .blocks(BlockPattern(size: size, choice: .listed(lists))), causal: causal)
  }
}
