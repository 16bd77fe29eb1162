import ArgumentParser
import GodwitModels

/// `godwit import`.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a run of a model that another program trained.",
    discussion: """
      The folder holds model.safetensors, or several files with model.safetensors.index.json, in float32, float16 or bfloat16, and is \
      of RWKV-4 with the names of its authors, or of Mamba, Mamba-2 or RWKV-4 as transformers writes them with config.json. The \
      model must read bytes, 256 of them: for other tokens there is no tokenizer here yet. A tensor that is missing, too many or of \
      another shape is an error that names it.

      'godwit generate', 'evaluate' and 'info' then read the run as any other, and 'godwit train TEXT --from RUN' trains on from it.

      EXAMPLES
        godwit import rwkv4-tiny --out runs/rwkv
        godwit generate runs/rwkv --prompt 'Once'
      """)

  @Argument(help: ArgumentHelp("The folder of the model.", valueName: "folder"))
  var folder: String

  @Option(help: ArgumentHelp("The folder of the run to make.", valueName: "run"))
  var out: String

  @OptionGroup var output: OutputOptions

  func validate() throws {
    try refuseEmptyPath(folder, "the folder")
    try refuseEmptyPath(out, "--out")
  }

  func run() throws {
    let console = output.console
    let found = try PretrainedModel(in: folder)
    let model = try found.model()
    try Run.create(at: out, model: model, command: ShellCommand.current)
    let architecture = found.configuration
    console.result(
      "\(architecture.depth) \(architecture.depth == 1 ? "block" : "blocks") of \(architecture.mixer), width "
        + "\(architecture.width), \(Quantity.counted(model.parameterCount, "parameter")) are in \(out).")
    let next = ShellCommand.line(ShellCommand.program, ["generate", out, "--prompt", "The "])
    console.result("Now let it write: \(next)")
    console.emit([
      "run": .text(out), "mixer": .text(architecture.mixer), "width": .integer(architecture.width),
      "depth": .integer(architecture.depth), "parameters": .integer(model.parameterCount),
    ])
  }
}
