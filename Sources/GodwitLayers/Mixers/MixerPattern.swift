/// The mixers of a model's blocks, by name: `linear` for all, or several that repeat over the depth.
public struct MixerPattern: Sendable {
  /// The kinds of the first blocks; then they begin again.
  public let kinds: [MixerKind]

  /// The kinds of a text such as `linear,local:window=64,softmax`; settings stand behind the name that they belong to.
  ///
  /// - Throws: `MixerError`, which lists what is known.
  public init(named text: String) throws(MixerError) {
    var names: [String] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      // A setting without a name before it belongs to the mixer before it.
      let isSetting = part.contains("=") && !part.prefix { $0 != "=" }.contains(":")
      if isSetting, let last = names.popLast() { names.append(last + "," + part) } else { names.append(part) }
    }
    var kinds: [MixerKind] = []
    for name in names { kinds.append(try MixerKind(named: name)) }
    self.kinds = kinds
  }

  /// The kind of a block.
  public subscript(block: Int) -> MixerKind { kinds[block % kinds.count] }

  /// Whether the size of a model's state depends on the length of the past.
  public var stateGrows: Bool { kinds.contains(where: \.stateGrows) }

  /// Whether any of the mixers can carry rotary positions.
  public var supportsRotary: Bool { kinds.contains(where: \.supportsRotary) }

  /// Whether all of the mixers do the work of a feed-forward layer too.
  public var replacesFeedForward: Bool { kinds.allSatisfy(\.replacesFeedForward) }

  /// The layer over the channels that belongs behind the mixers, or behind those that do not do its work.
  public var feedForward: ChannelMixer.Kind { kinds.map(\.feedForward).first { $0 != .absent } ?? .absent }
}
