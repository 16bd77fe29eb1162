import ArgumentParser

/// `--json` and `--quiet`: every command has them.
struct OutputOptions: ParsableArguments {
  @Flag(
    help: "Print one JSON object per line on standard output, and nothing else there; progress only at a terminal.")
  var json = false

  @Flag(help: "No progress and no remarks on standard error; warnings stay.")
  var quiet = false

  var console: Console { Console(isJSON: json, isQuiet: quiet) }
}
