import ArgumentParser
import GodwitModels

/// `godwit export`.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the weights of a trained model for other programs.",
    discussion: """
      The file is in the format safetensors: every weight by its plain name, without the optimiser's memory. \
      The article "The layout of a checkpoint" tells what each of them is. 'godwit train --from FILE' begins with such a file, \
      whoever wrote it.

      EXAMPLES
        godwit export runs/first --out first.safetensors
        godwit train letters --from first.safetensors --steps 100
      """)

  @OptionGroup var source: RunArgument

  @Option(help: ArgumentHelp("The file to write; only another that was exported is overwritten.", valueName: "file"))
  var out: String

  @OptionGroup var output: OutputOptions

  func validate() throws { try refuseEmptyPath(out, "--out") }

  func run() throws {
    let console = output.console
    try OutputFile.check(out, option: "--out", kind: .weights)
    let model = try source.load(on: console).model
    try model.write(to: out)
    let leaves = model.leaves
    let bytes = leaves.reduce(0) { $0 + $1.leaf.byteCount }
    console.result("\(Quantity.counted(leaves.count, "tensor")) of \(Quantity.bytes(bytes)) are in \(out).")
    console.emit([
      "file": .text(out), "tensors": .integer(leaves.count), "parameters": .integer(model.parameterCount),
      "bytes": .integer(bytes),
    ])
  }
}
