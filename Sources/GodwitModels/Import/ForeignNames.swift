/// How another program names the tensors of a model, and what else is different in them.
struct ForeignNames: Sendable {
  /// How a tensor of the other program becomes one of ours.
  enum Change: Sendable, Hashable {
    /// As it is.
    case none
    /// [outputs, inputs] to [inputs, outputs].
    case transposed
    /// [1, 1, D] to [D].
    case flattened
    /// [E, 1, K] to [K, E].
    case taps
  }

  /// The name, by ours without the number of a block, in which i stands for it.
  let names: [String: (name: String, change: Change)]

  /// The name of a leaf in the other program.
  func foreign(_ leaf: String) -> (name: String, change: Change)? {
    var parts = leaf.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 2, parts[0] == "blocks" else { return names[leaf] }
    let block = parts[1]
    parts[1] = "i"
    return names[parts.joined(separator: ".")].map { ($0.name.replacing(".i.", with: ".\(block)."), $0.change) }
  }

  /// RWKV-4 as its authors name it.
  static let rwkv = ForeignNames(
    names: rwkvNames(
      embedding: "emb", block: "blocks.i.", firstNorm: "blocks.0.ln0", mixer: "att.", channels: "ffn.",
      shares: (key: "time_mix_k", value: "time_mix_v", receptance: "time_mix_r"), norm: "ln_out"))

  /// RWKV-4 as transformers names it.
  static let transformersRWKV = ForeignNames(
    names: rwkvNames(
      embedding: "rwkv.embeddings", block: "rwkv.blocks.i.", firstNorm: "rwkv.blocks.0.pre_ln", mixer: "attention.",
      channels: "feed_forward.",
      shares: (key: "time_mix_key", value: "time_mix_value", receptance: "time_mix_receptance"), norm: "rwkv.ln_out"))

  private static func rwkvNames(
    embedding: String, block: String, firstNorm: String, mixer: String, channels: String,
    shares: (key: String, value: String, receptance: String), norm: String
  ) -> [String: (name: String, change: Change)] {
    var names: [String: (name: String, change: Change)] = [
      "bytes.table": (embedding + ".weight", .none), "head.weight": ("head.weight", .transposed),
      "blocks.i.mixer.logDecay": (block + mixer + "time_decay", .none),
      "blocks.i.mixer.bonus": (block + mixer + "time_first", .none),
      "blocks.i.mixer.keyShare": (block + mixer + shares.key, .flattened),
      "blocks.i.mixer.valueShare": (block + mixer + shares.value, .flattened),
      "blocks.i.mixer.receptanceShare": (block + mixer + shares.receptance, .flattened),
      "blocks.i.feedForward.keyShare": (block + channels + shares.key, .flattened),
      "blocks.i.feedForward.receptanceShare": (block + channels + shares.receptance, .flattened),
    ]
    for part in ["key", "value", "receptance", "output"] {
      names["blocks.i.mixer.\(part).weight"] = ("\(block)\(mixer)\(part).weight", .transposed)
    }
    for part in ["key", "value", "receptance"] {
      names["blocks.i.feedForward.\(part).weight"] = ("\(block)\(channels)\(part).weight", .transposed)
    }
    let norms = [
      ("norm", norm), ("embeddingNorm", firstNorm), ("blocks.i.mixerNorm", block + "ln1"),
      ("blocks.i.feedForwardNorm", block + "ln2"),
    ]
    for (own, other) in norms {
      names[own + ".scale"] = (other + ".weight", .none)
      names[own + ".shift"] = (other + ".bias", .none)
    }
    return names
  }

  /// What Mamba and Mamba-2 of transformers have in common.
  private static let mambaParts: [String: (name: String, change: Change)] = [
    "bytes.table": ("backbone.embeddings.weight", .none), "norm.scale": ("backbone.norm_f.weight", .none),
    "head.weight": ("lm_head.weight", .transposed),
    "blocks.i.mixerNorm.scale": ("backbone.layers.i.norm.weight", .none),
    "blocks.i.mixer.input.weight": ("backbone.layers.i.mixer.in_proj.weight", .transposed),
    "blocks.i.mixer.output.weight": ("backbone.layers.i.mixer.out_proj.weight", .transposed),
    "blocks.i.mixer.convolution.weight": ("backbone.layers.i.mixer.conv1d.weight", .taps),
    "blocks.i.mixer.convolution.bias": ("backbone.layers.i.mixer.conv1d.bias", .none),
    "blocks.i.mixer.logDecay": ("backbone.layers.i.mixer.A_log", .none),
    "blocks.i.mixer.skip": ("backbone.layers.i.mixer.D", .none),
  ]

  /// Mamba as transformers names it.
  static let mamba = ForeignNames(
    names: mambaParts.merging([
      "blocks.i.mixer.selection.weight": ("backbone.layers.i.mixer.x_proj.weight", .transposed),
      "blocks.i.mixer.stepWeight": ("backbone.layers.i.mixer.dt_proj.weight", .transposed),
      "blocks.i.mixer.stepBias": ("backbone.layers.i.mixer.dt_proj.bias", .none),
    ]) { $1 })

  /// Mamba-2 as transformers names it.
  static let mamba2 = ForeignNames(
    names: mambaParts.merging([
      "blocks.i.mixer.stepBias": ("backbone.layers.i.mixer.dt_bias", .none),
      "blocks.i.mixer.scale": ("backbone.layers.i.mixer.norm.weight", .none),
    ]) { $1 })
}
