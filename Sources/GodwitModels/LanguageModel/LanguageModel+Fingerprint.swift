import GodwitTensor

extension LanguageModel {
  /// A hash of the architecture and of all leaves: what tells this model from others in a file that belongs to it.
  ///
  /// - Complexity: one read of every leaf.
  public var fingerprint: String {
    var hash = ContentHash()
    hash.add(RunFolder.json(configuration))
    for (name, leaf) in leaves {
      hash.add(name)
      hash.add(leaf)
    }
    return hash.digits
  }
}
