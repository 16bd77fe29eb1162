import ArgumentParser

/// `--out`.
struct OutOption: ParsableArguments {
  @Option(help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var out: String?

  func validate() throws { try refuseEmptyPath(out, "--out") }
}
